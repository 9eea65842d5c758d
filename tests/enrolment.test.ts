import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Enrolled, EnrolmentView } from '#shared/enrolment.ts'
import { codeOf, nextStep } from './app.ts'
import { Browser, viewIn } from './browser.ts'
import { houseForAll } from './house.ts'
import { ada } from './people/people.ts'
import { answerOf, arrive, ask, choose, codeAnswerOf, identify, type UnderWay } from './sign-in.ts'

// Somebody gets an authenticator: here a tester does it for the people of the demo, at the bench.

const house = await houseForAll()
const tester = new Browser()
const of = (username: string) => `${house.issuer}/bench/api/people/${username}`
const post = async <T>(url: string, fields: object) => (await (await tester.post(url, fields)).json()) as T

type Asked = Extract<EnrolmentView, { at: 'asked' }>
const begin = (username: string) => post<Asked>(`${of(username)}/enrolments`, { factor: 'totp' })
const answer = (username: string, { id, revision }: Asked, code: string, label = '') =>
  post<EnrolmentView>(`${of(username)}/enrolments/${id}`, { revision, answer: { code }, label })
const secretOf = ({ prompt }: Asked) => ({ label: '', secret: prompt.secret })
const carried = async (username: string): Promise<readonly Enrolled[]> =>
  (await tester.get(`${of(username)}/authenticators`)).json()

async function withPassword(person: typeof ada) {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(house, 'treasury'))
  const named = await identify(browser, page, view, person.username)
  const choice = (await viewIn(await browser.post(`${page}/answer`, answerOf(named, person.password)))) as UnderWay
  return { browser, page, choice }
}

test('an app is added, signs in, and its first code is used up; removed, it signs nobody in', async () => {
  nextStep(house)
  const asked = await begin('ada')
  expect(asked.prompt.address).toContain(`secret=${asked.prompt.secret}`)
  const code = codeOf(house, secretOf(asked))
  expect(await answer('ada', asked, code, 'New phone')).toEqual({ at: 'made', factor: 'totp', label: 'New phone' })

  const { browser, page, choice } = await withPassword(ada)
  const open = await choose(browser, page, choice, 'New phone')
  const used = (await viewIn(await browser.post(`${page}/answer`, codeAnswerOf(open, code)))) as UnderWay
  expect(used.refusal?.code).toBe('used-code')
  nextStep(house)
  const right = codeAnswerOf(used, codeOf(house, secretOf(asked)))
  expect((await viewIn(await browser.post(`${page}/answer`, right))).at).toBe('done')

  const phone = (await carried('ada')).find(({ label }) => label === 'New phone')
  expect((await tester.post(`${of('ada')}/authenticators/${phone?.id}/remove`, {})).status).toBe(200)
  const again = await withPassword(ada)
  const labels = again.choice.at === 'choose' ? again.choice.methods.map(({ label }) => label) : []
  expect(labels.toSorted()).toEqual(['Tablet', 'Work phone'])
})

test('a label that is used already gets a number', async () => {
  const asked = await begin('grace')
  const made = await answer('grace', asked, codeOf(house, secretOf(asked)), 'Work phone')
  expect(made).toMatchObject({ at: 'made', label: 'Work phone 2' })
})

test('wrong codes are told, and five of them end it', async () => {
  let view: EnrolmentView = await begin('grace')
  for (const _ of Array(4)) {
    view = await answer('grace', view as Asked, '000000')
    expect(view).toMatchObject({ at: 'asked', refusal: { code: 'wrong-code' } })
  }
  const last = view as Asked
  expect(await answer('grace', last, '000000')).toEqual({ at: 'over', why: 'too-many-refusals' })
  expect(await answer('grace', last, codeOf(house, secretOf(last)))).toEqual({ at: 'over', why: 'expired' })
})

test('of twenty right answers at once, one makes an authenticator', async () => {
  const asked = await begin('grace')
  const before = (await carried('grace')).length
  const code = codeOf(house, secretOf(asked))
  const all = await Promise.all(Array.from({ length: 20 }, () => answer('grace', asked, code)))
  expect(all.filter(({ at }) => at === 'made')).toHaveLength(1)
  expect(await carried('grace')).toHaveLength(before + 1)
})

test('an enrolment is one person’s, lasts a quarter of an hour, and its secret is not in the store in clear', async () => {
  const asked = await begin('grace')
  const code = codeOf(house, secretOf(asked))
  expect(await answer('ada', asked, code)).toEqual({ at: 'over', why: 'expired' })
  for (const file of ['sallyport.sqlite', 'sallyport.sqlite-wal'])
    expect(readFileSync(join(house.dataFolder, file)).includes(asked.prompt.secret)).toBe(false)
  house.clock.aheadMs += 16 * 60_000
  expect(await answer('grace', asked, codeOf(house, secretOf(asked)))).toEqual({ at: 'over', why: 'expired' })
})

test('it is for the people of the demo, from this page, in JSON that says what it must', async () => {
  expect((await tester.post(`${of('nobody')}/enrolments`, { factor: 'totp' })).status).toBe(404)
  for (const fields of [{}, { factor: 'password' }, { factor: '__proto__' }, { factor: 'totp', more: 1 }])
    expect((await tester.post(`${of('ada')}/enrolments`, fields)).status).toBe(400)
  const foreign = await tester.post(`${of('ada')}/enrolments`, { factor: 'totp' }, { origin: 'https://evil.test' })
  expect(foreign.status).toBe(403)
  expect((await tester.postForm(`${of('ada')}/enrolments`, { factor: 'totp' })).status).toBe(415)
  const [one] = await carried('grace')
  expect((await tester.post(`${of('ada')}/authenticators/${one?.id}/remove`, {})).status).toBe(404)
})
