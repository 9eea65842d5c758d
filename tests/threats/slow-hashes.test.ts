import argon2 from '@node-rs/argon2'
import { afterAll, expect, test, vi } from 'vitest'
import { faultOfHash } from '#server/factors/password/cost.ts'
import { demo } from '../people/people.ts'
import { guess } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: imported hashes cost what they cost elsewhere, so that a wrong password takes 2, 20 or 100 ms, and who
// exists is known by the time. All wrong answers do the same work, whoever is guessed at; what is done is counted here.

/**
 * What argon2 was asked to do: KiB that are written, by every pass and by the system; beyond the cache each takes longer
 * (docs/decisions/0038).
 */
const work = { done: 0 }
const workOf = (memory: number, passes: number) => memory * (passes + 1) * Math.max(1, memory / 12_288) ** 0.1
const note = (memory: number, passes: number) => {
  work.done += workOf(memory, passes)
}
const { hash, verify } = argon2
vi.spyOn(argon2, 'hash').mockImplementation((password, options) => {
  note(options?.memoryCost ?? Number.NaN, options?.timeCost ?? Number.NaN)
  return hash(password, options)
})
vi.spyOn(argon2, 'verify').mockImplementation((text, password) => {
  const [, m, t] = /m=(\d+),t=(\d+)/.exec(String(text)) ?? []
  note(Number(m), Number(t))
  return verify(text, password)
})
afterAll(() => vi.restoreAllMocks())

const server = await serverForAll()
const right = 'the right password of everybody'
/** As they were imported: by older versions (1 MiB), at the floor in all its forms (OWASP), and the longest. */
const costs = [
  ['older', 1024, 1],
  ['floor', 19_456, 2],
  ['one', 47_104, 1],
  ['three', 12_288, 3],
  ['four', 9216, 4],
  ['five', 7168, 5],
  ['longest', 65_536, 1],
] as const
const { store } = server.app.context
for (const [username, memoryCost, timeCost] of costs) {
  const hashed = await hash(right, { memoryCost, timeCost, parallelism: 1 })
  await store.people.put({ id: username, username, name: null, email: null, groups: [] }, [username])
  const one = { id: `of ${username}`, account: username, factor: 'password', label: 'Password' } as const
  await store.authenticators.add({ ...one, credential: { argon2: hashed } }, 0)
}
await store.people.put({ id: 'empty', username: 'empty', name: null, email: null, groups: [] }, ['empty'])

const workFor = async (username: string, password: string, code: string | null) => {
  work.done = 0
  expect((await guess(server, username, password)).code).toBe(code)
  return work.done
}

test('a wrong password takes the same work for everybody, for nobody, and where there is no password', async () => {
  const names = [...costs.map(([name]) => name), 'ada', 'empty', 'nobody']
  const works: [string, number][] = []
  for (const name of names) works.push([name, await workFor(name, 'a wrong password', 'wrong-password')])
  // As exact as whole KiB are: a fiftieth of a per cent.
  const most = Math.max(...works.map(([, one]) => one))
  expect(works.filter(([, one]) => one < most * 0.9998)).toEqual([])
  expect(most).toBe(workOf(65_536, 1))
})

test('so it is when the operator asks for dearer hashes, up to the dearest', async () => {
  for (const argon2id of ['{ memory: 19456, passes: 2 }', '{ memory: 65536, passes: 1 }']) {
    server.reconfigure((clients) => `${demo(clients)}passwords: { argon2id: ${argon2id} }`)
    for (const name of ['nobody', 'ada', 'one']) {
      const done = await workFor(name, 'a wrong password', 'wrong-password')
      expect(Math.abs(done / workOf(65_536, 1) - 1)).toBeLessThan(0.0002)
    }
  }
  server.reconfigure(demo)
})

test('the right password makes a hash of ours of each, and then costs what ours does', async () => {
  for (const [name] of costs) {
    await workFor(name, right, null)
    const [kept] = await store.authenticators.list(name, 'password')
    expect(kept?.credential).toMatchObject({ argon2: expect.stringContaining('m=12288,t=3,p=1') })
    expect(await workFor(name, right, null)).toBe(12_288 * 4)
  }
})

test('what may be imported is no weaker than the floor, and no longer than the longest', () => {
  const faults = (memory: number, passes: number) =>
    faultOfHash(`$argon2id$v=19$m=${memory},t=${passes},p=1$c29tZXNhbHRzb21l$aGFzaGhhc2hoYXNoaGFzaA`)
  for (const [name, memory, passes] of costs.slice(1)) {
    expect([name, faults(memory, passes)]).toEqual([name, null])
    if (name === 'longest') continue
    expect(faults(memory - 1, passes)).toContain('too easily guessed at')
    if (passes > 1) expect(faults(memory, passes - 1)).toContain('too easily guessed at')
  }
  expect(faults(65_537, 1)).toContain('takes too long')
})
