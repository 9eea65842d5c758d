import { expect, test } from 'vitest'
import { codeOf, nextStep } from './app.ts'
import { SoftPasskey } from './authenticator.ts'
import { testerFor } from './bench.ts'
import { Browser, viewIn } from './browser.ts'
import { withPasskeys } from './passkey.ts'
import { ada, demo } from './people/people.ts'
import { codeIn, textsAt } from './phones.ts'
import { answerOf, arrive, ask, codeAnswerOf, identify, redeem, signIn, type UnderWay, underWayIn } from './sign-in.ts'
import { serverForAll, type TestServer } from './test-server.ts'

// `enrol: inline`: somebody who has nothing for the second step makes it on the way, and is asked for it then.

const server = await serverForAll((clients) =>
  demo(clients).replace('[password, totp] }', '[password, totp], enrol: inline }'),
)
const either = await serverForAll((clients) =>
  withPasskeys(clients).replace('{ passkey: { uv: required } }], enrol', '{ oneOf: [passkey, totp] }], enrol'),
)

const withPassword = (extra: Record<string, string> = {}) => atTheSecondStep(server, 'treasury', extra)
async function atTheSecondStep(of: TestServer, client = 'gatehouse', extra: Record<string, string> = {}) {
  const browser = new Browser()
  const asked = await ask(of, client, extra)
  const { page, view } = await arrive(browser, asked)
  const post = async (action: string, fields: object) => underWayIn(await browser.post(`${page}/${action}`, fields))
  const named = await identify(browser, page, view, ada.username)
  return { browser, asked, page, post, view: await post('answer', answerOf(named, ada.password)) }
}
const nothingLeft = async () => {
  const adas = testerFor(server, 'ada')
  for (const { id, factor } of await adas.carries()) if (factor !== 'password') await adas.remove(id)
}
const secretIn = (view: UnderWay) =>
  view.at === 'enrol' && view.question?.factor === 'totp' ? view.question.prompt.secret : ''

test('enrolled on the way, asked for it, and the token says what was proven', async () => {
  await nothingLeft()
  nextStep(server)
  const { browser, asked, page, post, view } = await withPassword()
  expect(view).toMatchObject({ at: 'enrol', factors: ['totp'], question: null })
  const begun = await post('enrol', { revision: view.revision, factor: 'totp' })
  const app = { label: '', secret: secretIn(begun) }
  expect(await underWayIn(await browser.get(`${page}/view`))).toMatchObject({ at: 'enrol' })
  const wrong = await post('enrol', { revision: begun.revision, answer: { code: '000000' } })
  expect(wrong).toMatchObject({ at: 'enrol', refusal: { code: 'wrong-code' }, question: { factor: 'totp' } })
  const code = codeOf(server, app)
  const open = await post('enrol', { revision: wrong.revision, answer: { code }, label: 'My phone' })
  expect(open).toMatchObject({ at: 'answer', challenge: { factor: 'totp' }, refusal: null })

  // Enrolling is not proving: the same code is used up by it.
  const used = await post('answer', codeAnswerOf(open, code))
  expect(used.refusal?.code).toBe('used-code')
  nextStep(server)
  const done = await post('answer', codeAnswerOf(used, codeOf(server, app)))
  if (done.at !== 'done') throw new Error(JSON.stringify(done))
  const tokens = await redeem(asked, (await browser.follow(done.goTo)).url)
  expect(tokens.claims()?.amr).toEqual(['pwd', 'otp', 'mfa'])
})

test('with a password alone nothing can be added for somebody who has a second factor', async () => {
  const { post, view } = await withPassword()
  expect(view).toMatchObject({ at: 'answer', challenge: { factor: 'totp' } })
  const tried = await post('enrol', { revision: view.revision, factor: 'totp' })
  expect(tried).toMatchObject({ at: 'answer', refusal: { code: 'not-offered' } })
})

test('not before the first proof, not what the step does not name, not with an old revision, and not under an acr', async () => {
  await nothingLeft()
  const browser = new Browser()
  const { page, view: first } = await arrive(browser, await ask(server, 'treasury'))
  const named = await identify(browser, page, first, ada.username)
  const early = await viewIn(await browser.post(`${page}/enrol`, { revision: named.revision, factor: 'totp' }))
  expect(early).toMatchObject({ at: 'answer', refusal: { code: 'not-offered' } })

  const { post, view, ...begun } = await withPassword()
  const other = await post('enrol', { revision: view.revision, factor: 'recovery-code' })
  expect(other).toMatchObject({ at: 'enrol', refusal: { code: 'not-offered' } })
  const late = await post('enrol', { revision: view.revision - 1, factor: 'totp' })
  expect(late).toMatchObject({ at: 'enrol', refusal: { code: 'stale' } })
  const nothing = { revision: view.revision, answer: { code: '000000' } }
  expect(await viewIn(await begun.browser.post(`${begun.page}/enrol`, nothing))).toMatchObject({ code: 'bad-request' })

  const { view: levelled } = await withPassword({ acr_values: 'urn:sallyport:acr:mfa' })
  expect(levelled).toMatchObject({ at: 'refused', why: 'not-enrolled', missing: ['totp'] })
})

test('not in a session that was left open: the password is asked for again', async () => {
  await nothingLeft()
  const browser = new Browser()
  await signIn(browser, await ask(server), ada)
  const { page, view } = await arrive(browser, await ask(server, 'treasury'))
  expect(view).toMatchObject({ at: 'answer', username: ada.username, challenge: { factor: 'password' } })
  const early = await viewIn(await browser.post(`${page}/enrol`, { revision: view.revision, factor: 'totp' }))
  expect(early).toMatchObject({ at: 'answer', refusal: { code: 'not-offered' } })
  const answered = await viewIn(await browser.post(`${page}/answer`, answerOf(view, ada.password)))
  expect(answered).toMatchObject({ at: 'enrol', factors: ['totp'] })
})

test('it is begun as often as a challenge is opened, and no more often', async () => {
  await nothingLeft()
  const { browser, page, post, view } = await withPassword()
  const { store } = server.app.context
  const kept = await store.documents.get('SignIn', view.uid)
  const opened = { ...kept?.value, openings: 99 }
  await store.documents.replace('SignIn', view.uid, kept?.revision ?? 0, opened, kept?.expiresAt ?? 0)
  const last = await post('enrol', { revision: view.revision + 1, factor: 'totp' })
  expect(last).toMatchObject({ at: 'enrol', question: { factor: 'totp' } })
  const over = await browser.post(`${page}/enrol`, { revision: last.revision, factor: 'totp' })
  expect(await viewIn(over)).toMatchObject({ at: 'over', why: 'too-many-openings' })
})

test('of twenty answers at once, one makes the authenticator', async () => {
  await nothingLeft()
  nextStep(server)
  const { post, view } = await withPassword()
  const begun = await post('enrol', { revision: view.revision, factor: 'totp' })
  const code = codeOf(server, { label: '', secret: secretIn(begun) })
  const answer = { revision: begun.revision, answer: { code } }
  await Promise.all(Array.from({ length: 20 }, () => post('enrol', answer)))
  const apps = (await testerFor(server, 'ada').carries()).filter(({ factor }) => factor === 'totp')
  expect(apps).toHaveLength(1)
})

test('of two that make something at once, each on a way of its own, one does: the other has a second factor by then', async () => {
  const adas = testerFor(either, 'ada')
  for (let round = 0; round < 4; round++) {
    for (const { id, factor } of await adas.carries()) if (factor !== 'password') await adas.remove(id)
    nextStep(either)
    const [one, other] = [await atTheSecondStep(either), await atTheSecondStep(either)]
    const passkey = new SoftPasskey({ origin: either.issuer })
    const withPasskey = await one.post('enrol', { revision: one.view.revision, factor: 'passkey' })
    const withApp = await other.post('enrol', { revision: other.view.revision, factor: 'totp' })
    if (withPasskey.at !== 'enrol' || withPasskey.question?.factor !== 'passkey') throw new Error(withPasskey.at)
    const code = codeOf(either, { label: '', secret: secretIn(withApp) })
    await Promise.all([
      one.post('enrol', { revision: withPasskey.revision, answer: passkey.make(withPasskey.question.prompt) }),
      other.post('enrol', { revision: withApp.revision, answer: { code } }),
    ])
    expect((await adas.carries()).filter(({ factor }) => factor !== 'password')).toHaveLength(1)
  }
})

const phones = await serverForAll((clients) =>
  demo(clients).replace('[password, totp] }', '[password, sms], enrol: inline }').concat('sms: { countries: [CH] }\n'),
)
/** At the enrol door of the text message, and what is told there. */
async function addingNumber() {
  for (const { id, factor } of await testerFor(phones, 'ada').carries())
    if (factor !== 'password') await testerFor(phones, 'ada').remove(id)
  phones.clock.aheadMs += 25 * 3_600_000
  const { view, post, ...rest } = await atTheSecondStep(phones, 'treasury')
  const begin = (from: UnderWay) => post('enrol', { revision: from.revision, factor: 'sms' })
  const tell = (from: UnderWay, answer: object) => post('enrol', { revision: from.revision, answer })
  return { ...rest, begin, tell, at: await begin(view) }
}
const promptAt = (view: UnderWay) => (view.at === 'enrol' ? view.question?.prompt : null)
const own = { number: '+41 79 123 45 67' }
const codes = () => textsAt(phones).map(({ body }) => codeIn(body))

test('a text that is perhaps on its way is not called sent, also after a reload; its code works when it comes', async () => {
  const { outbox } = phones.app.context.channels.sms
  if (!outbox) throw new Error('There is an outbox.')
  const { browser, page, tell, at } = await addingNumber()
  const late = { at: 'code', ending: '67', late: true }
  outbox.chaos = 'delay'
  const open = await tell(at, own)
  outbox.chaos = 'off'
  expect(promptAt(open)).toEqual(late)
  expect(open).toMatchObject({ at: 'enrol', refusal: null })
  expect(promptAt(await underWayIn(await browser.get(`${page}/view`)))).toEqual(late)
  expect(promptAt(await tell(open, own))).toEqual({ ...late, late: false })
})

test('begun again with the same number, the code is the same while it is valid; without a text it proves nothing', async () => {
  const { begin, tell, at } = await addingNumber()
  const first = await tell(at, own)
  const [code = ''] = codes()
  const again = await begin(await begin(first))
  expect(promptAt(again)).toEqual({ at: 'number' })
  const early = await tell(again, { code })
  expect(early).toMatchObject({ refusal: { code: 'wrong-text-code' } })
  const same = await tell(early, own)
  expect(codes().slice(0, 2)).toEqual([code, code])
  const other = await tell(await begin(same), { number: '+41 79 123 45 68' })
  expect(promptAt(other)).toMatchObject({ ending: '68' })
  expect(codes()[0]).not.toBe(code)
  phones.clock.aheadMs += 5 * 60_000
  const expired = await tell(other, { code: codes()[0] })
  expect(expired).toMatchObject({ refusal: { code: 'expired-code' } })
  const [before] = codes()
  const renewed = await tell(await begin(expired), own)
  expect(codes()[0]).not.toBe(before)
  expect((await tell(renewed, { code: codes()[0] })).at).toBe('answer')
})
