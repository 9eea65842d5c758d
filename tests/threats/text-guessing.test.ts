import { beforeEach, expect, test } from 'vitest'
import { Browser } from '../browser.ts'
import { ada } from '../people/people.ts'
import { givePhone, lastCode, texting, textsAt, withPassword, wrongCode } from '../phones.ts'
import { arrive, ask, choose, provenBy, signIn, type UnderWay } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: with the password in hand, guess at the six digits: again after each resend, and in ever new sign-ins (Ory
// Kratos counted submissions by flow), or send the right one many times at once.

const server = await serverForAll(texting('{ countries: [CH] }'))
await givePhone(server, 'ada')
const dayMs = 86_400_000
beforeEach(() => {
  server.clock.aheadMs += dayMs + 1000
})
const atText = async () => {
  const begun = await withPassword(server)
  return { ...begun, open: await begun.text(begun.choice) }
}
const codeOf = ({ refusal }: UnderWay) => refusal?.code

test('a resend refills nothing: five wrong ones in all, then a wait, also for the right one', async () => {
  const { open, text, answer } = await atText()
  let view = open
  for (let wrong = 0; wrong < 2; wrong++) view = await answer(view, wrongCode(server))
  server.clock.aheadMs += 31_000
  view = await text(view)
  for (let wrong = 0; wrong < 2; wrong++) {
    view = await answer(view, wrongCode(server))
    expect(codeOf(view)).toBe('wrong-text-code')
  }
  view = await answer(view, wrongCode(server))
  expect(codeOf(view)).toBe('locked')
  expect(codeOf(await answer(view, lastCode(server)))).toBe('locked')
})

test('nor does another sign-in, nor the way round by another factor', async () => {
  for (let wrong = 0; wrong < 4; wrong++) {
    const { open, answer } = await atText()
    expect(codeOf(await answer(open, wrongCode(server)))).toBe('wrong-text-code')
  }
  const { open, answer, another, text } = await atText()
  const back = await text(await another(open))
  const fifth = await answer(back, wrongCode(server))
  expect(codeOf(fifth)).toBe('locked')
  expect(codeOf(await answer(fifth, lastCode(server)))).toBe('locked')
})

test('of fifty right answers at once, one proves something, and once', async () => {
  const { open, answer } = await atText()
  const code = lastCode(server)
  const all = await Promise.all(Array.from({ length: 50 }, () => answer(open, code)))
  expect(all.filter(({ at }) => at === 'done').length).toBeGreaterThan(0)
  expect((await provenBy(server, open)).filter(({ factor }) => factor === 'sms')).toHaveLength(1)
})

test('of the codes of three sign-ins at once, each is right in its own alone', async () => {
  const before = textsAt(server).length
  const one = async () => {
    const begun = await atText()
    return { ...begun, code: lastCode(server) }
  }
  const signIns = [await one(), await one(), await one()]
  expect(textsAt(server)).toHaveLength(before + 3)
  const ends = await Promise.all(signIns.map(({ answer, open }, at) => answer(open, signIns[(at + 1) % 3]?.code ?? '')))
  expect(ends.map(codeOf)).toEqual(Array(3).fill('wrong-text-code'))
})

test('codes have every digit as often, in every place', async () => {
  const { newCode } = await import('#server/factors/sms/code.ts')
  const codes = Array.from({ length: 6000 }, newCode)
  expect(codes.every((code) => /^\d{6}$/.test(code))).toBe(true)
  for (let place = 0; place < 6; place++) {
    const counts = Array.from({ length: 10 }, (_, digit) => codes.filter((code) => code[place] === `${digit}`).length)
    const chiSquare = counts.reduce((sum, count) => sum + (count - 600) ** 2 / 600, 0)
    // 9 degrees of freedom: once in a million runs.
    expect(chiSquare).toBeLessThan(45)
  }
})

test('a browser that she has signed in with without a text has no guesses of its own: nothing is sent while texts wait', async () => {
  const own = new Browser()
  await signIn(own, await ask(server), ada)
  const { open, answer } = await atText()
  let view = open
  for (let wrong = 0; wrong < 5; wrong++) view = await answer(view, wrongCode(server))
  expect(codeOf(view)).toBe('locked')
  const before = textsAt(server).length
  const { page, view: choice } = await arrive(own, await ask(server, 'treasury'))
  const method = choice.at === 'choose' ? choice.methods.find(({ factor }) => factor === 'sms') : null
  expect(method?.lockedUntil).toEqual(expect.any(String))
  expect(codeOf(await choose(own, page, choice, 'sms'))).toBe('locked')
  expect(textsAt(server)).toHaveLength(before)
})
