import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codeAt } from '#server/factors/oath/codes.ts'
import { Browser } from '../browser.ts'
import { file, folder, sallyport } from '../cli/run.ts'
import { ada, demo } from '../people/people.ts'
import { answerOf, arrive, ask, codeAnswerOf, identify, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'
import { plain } from '../token-seeds/rfc6030.ts'
import rfc from './rfc4226.json' with { type: 'json' }

// A token with a clock of 60 seconds, from its maker's seed file to its last day.

const dayMs = 86_400_000
const server = await serverForAll((clients) => demo(clients).replace('[password, totp]', '[password, token]'))
const lastDay = new Date(Date.now() + 60 * dayMs).toISOString()
const seed = plain
  .replace('pskc:hotp', 'pskc:totp')
  .replace(/<Counter>.*<\/Counter>/, '<TimeInterval><PlainValue>60</PlainValue></TimeInterval>')
  .replace('</Data>', `</Data><Policy><ExpiryDate>${lastDay}</ExpiryDate></Policy>`)
const tokens = (...args: readonly string[]) =>
  sallyport(['tokens', ...args, '--config', join(server.dataFolder, 'sallyport.yaml'), '--data', server.dataFolder])
expect(await tokens('import', file(folder(), 'seeds.xml', seed))).toMatchObject({ code: 0 })
expect(await tokens('assign', '987654321', 'ada')).toMatchObject({ code: 0 })

const stepNow = () => Math.floor((Date.now() + server.clock.aheadMs) / 60_000)
const shown = (steps: number) => codeAt({ secret: rfc.secret, algorithm: 'sha1', digits: 8 }, stepNow() + steps)
/** An hour on, and early in a step, so that none ends meanwhile. */
const later = (ms = 3_600_000) => {
  server.clock.aheadMs += ms
  server.clock.aheadMs += 60_000 - ((Date.now() + server.clock.aheadMs) % 60_000)
}

async function atToken() {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server, 'treasury'))
  const named = await identify(browser, page, view, ada.username)
  const post = async (answer: object) => underWayIn(await browser.post(`${page}/answer`, answer))
  return { post, open: await post(answerOf(named, ada.password)) }
}
const answered = async (code: string) => {
  const { open, post } = await atToken()
  return post(codeAnswerOf(open, code))
}

test.each([-1, 0, 1])('a code that is %i steps of 60 seconds off signs in, once', async (off) => {
  later()
  const code = shown(off)
  expect((await answered(code)).at).toBe('done')
  expect((await answered(code)).refusal?.code).toBe('used-code')
  // The next test begins with a clock that is right.
  later()
  expect((await answered(shown(0))).at).toBe('done')
})

test.each([-2, 2])('one that is %i steps off does not: it is asked for the next', async (off) => {
  later()
  expect(await answered(shown(off))).toMatchObject({ at: 'answer', challenge: { prompt: { following: true } } })
})

test('after its last day it is no token any more', async () => {
  later(29 * dayMs)
  expect((await answered(shown(0))).at).toBe('done')
  later(40 * dayMs)
  expect((await answered(shown(0))).refusal?.code).toBe('wrong-token-code')
})
