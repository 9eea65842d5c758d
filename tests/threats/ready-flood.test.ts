import { expect, test } from 'vitest'
import { serverForAll } from '../test-server.ts'

// The attack: /readyz, which anybody may ask, a thousand times a second: each time something is written and synced, and
// nothing is left of the disk for those who sign in.

const server = await serverForAll()
const flood = async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(`${server.issuer}/readyz`)))
  return new Set(answers.map(({ status }) => status))
}
/** How often the store was looked at; each look writes. */
function looks() {
  const { store } = server.app.context
  const ready = store.ready.bind(store)
  const counted = { times: 0, ready }
  store.ready = () => {
    counted.times++
    return counted.ready()
  }
  return counted
}

test('a flood makes at most one write a second', async () => {
  const counted = looks()
  const at = Date.now()
  for (let second = 0; second < 3; second++) {
    server.clock.aheadMs += 1000
    expect(await flood()).toEqual(new Set([200]))
    expect(await flood()).toEqual(new Set([200]))
  }
  const passed = 3 + Math.floor((Date.now() - at) / 1000)
  expect(counted.times).toBeGreaterThanOrEqual(3)
  expect(counted.times).toBeLessThanOrEqual(passed)
})

test('what is shared is no older than a second: a store that cannot be written is told, and one that can again', async () => {
  const counted = looks()
  const { ready } = counted
  counted.ready = () => Promise.reject(new Error('the disk is full'))
  server.clock.aheadMs += 1000
  expect(await flood()).toEqual(new Set([503]))
  counted.ready = ready
  server.clock.aheadMs += 1000
  expect(await flood()).toEqual(new Set([200]))
  server.clock.aheadMs -= 3_600_000
  counted.times = 0
  expect(await flood()).toEqual(new Set([200]))
  expect(counted.times).toBe(1)
})
