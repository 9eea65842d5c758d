import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codeOf, nextStep } from './app.ts'
import { testerFor } from './bench.ts'
import { Browser, viewIn } from './browser.ts'
import { ada } from './people/people.ts'
import { answerOf, arrive, ask, choose, codeAnswerOf, identify, underWayIn } from './sign-in.ts'
import { serverForAll } from './test-server.ts'

// Somebody gets an authenticator: here a tester does it for the people of the demo, at the bench.

const server = await serverForAll()
const adas = testerFor(server, 'ada')
const graces = testerFor(server, 'grace')
const stranger = new Browser()
const of = (username: string) => `${server.issuer}/bench/api/people/${username}`
const app = (secret: string) => ({ label: '', secret })

async function withPassword(person: typeof ada) {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server, 'treasury'))
  const named = await identify(browser, page, view, person.username)
  const choice = await underWayIn(await browser.post(`${page}/answer`, answerOf(named, person.password)))
  return { browser, page, choice }
}

test('an app is added, signs in, and its first code is used up; removed, it signs nobody in', async () => {
  nextStep(server)
  const asked = await adas.begin('totp')
  expect(asked.prompt.address).toContain(`secret=${asked.prompt.secret}`)
  const code = codeOf(server, app(asked.prompt.secret))
  expect(await adas.answer(asked, { code }, 'New phone')).toEqual({ at: 'made', factor: 'totp', label: 'New phone' })

  const { browser, page, choice } = await withPassword(ada)
  const open = await choose(browser, page, choice, 'New phone')
  const used = await underWayIn(await browser.post(`${page}/answer`, codeAnswerOf(open, code)))
  expect(used.refusal?.code).toBe('used-code')
  nextStep(server)
  const right = codeAnswerOf(used, codeOf(server, app(asked.prompt.secret)))
  expect((await viewIn(await browser.post(`${page}/answer`, right))).at).toBe('done')

  const phone = (await adas.carries()).find(({ label }) => label === 'New phone')
  expect(await adas.remove(phone?.id ?? '')).toBe(200)
  const again = await withPassword(ada)
  const labels = again.choice.at === 'choose' ? again.choice.methods.map(({ label }) => label) : []
  expect(labels.toSorted()).toEqual(['Tablet', 'Work phone'])
})

test('a label that is used already gets a number', async () => {
  const asked = await graces.begin('totp')
  const made = await graces.answer(asked, { code: codeOf(server, app(asked.prompt.secret)) }, 'Work phone')
  expect(made).toMatchObject({ at: 'made', label: 'Work phone 2' })
})

test('wrong codes are told, and five of them end it', async () => {
  const { id, prompt, ...asked } = await graces.begin('totp')
  const guess = (tries: number) => graces.answer({ id, revision: asked.revision + 2 * tries }, { code: '000000' })
  for (let tries = 0; tries < 4; tries++)
    expect(await guess(tries)).toMatchObject({ at: 'asked', refusal: { code: 'wrong-code' } })
  expect(await guess(4)).toEqual({ at: 'over', why: 'too-many-refusals' })
  const right = { code: codeOf(server, app(prompt.secret)) }
  expect(await graces.answer({ id, revision: 10 }, right)).toEqual({ at: 'over', why: 'expired' })
})

test('of twenty right answers at once, one makes an authenticator', async () => {
  const asked = await graces.begin('totp')
  const before = (await graces.carries()).length
  const code = codeOf(server, app(asked.prompt.secret))
  const all = await Promise.all(Array.from({ length: 20 }, () => graces.answer(asked, { code })))
  expect(all.filter(({ at }) => at === 'made')).toHaveLength(1)
  expect(await graces.carries()).toHaveLength(before + 1)
})

test('an enrolment is one person’s, lasts a quarter of an hour, and its secret is not in the store in clear', async () => {
  const asked = await graces.begin('totp')
  const code = codeOf(server, app(asked.prompt.secret))
  expect(await adas.answer(asked, { code })).toEqual({ at: 'over', why: 'expired' })
  for (const file of ['sallyport.sqlite', 'sallyport.sqlite-wal'])
    expect(readFileSync(join(server.dataFolder, file)).includes(asked.prompt.secret)).toBe(false)
  server.clock.aheadMs += 16 * 60_000
  expect(await graces.answer(asked, { code: codeOf(server, app(asked.prompt.secret)) })).toEqual({
    at: 'over',
    why: 'expired',
  })
})

test('it is for the people of the demo, from this page, in JSON that says what it must', async () => {
  expect((await stranger.post(`${of('nobody')}/enrolments`, { factor: 'totp' })).status).toBe(404)
  for (const fields of [{}, { factor: 'password' }, { factor: '__proto__' }, { factor: 'totp', more: 1 }])
    expect((await stranger.post(`${of('ada')}/enrolments`, fields)).status).toBe(400)
  const foreign = await stranger.post(`${of('ada')}/enrolments`, { factor: 'totp' }, { origin: 'https://evil.test' })
  expect(foreign.status).toBe(403)
  expect((await stranger.postForm(`${of('ada')}/enrolments`, { factor: 'totp' })).status).toBe(415)
  const [one] = await graces.carries()
  expect(await adas.remove(one?.id ?? '')).toBe(404)
})
