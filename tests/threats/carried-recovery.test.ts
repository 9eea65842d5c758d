import { expect, test } from 'vitest'
import { codeOf, nextStep } from '../app.ts'
import { testerFor } from '../bench.ts'
import { Browser } from '../browser.ts'
import { ada } from '../people/people.ts'
import { answerOf, arrive, ask, choose, codeAnswerOf, errorIn, identify, redeem, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: a stolen recovery code is used at a client whose policy asks for nothing after it, and its session is taken
// to the one that has a new authenticator added after a recovery: it is let in there, and nobody has to add anything.

const flow = 'primary: [password, { oneOf: [totp, recovery-code] }]'
const server = await serverForAll(
  ({ harbour, treasury }) => `bench: { people: people.yaml }
policies:
  lenient: { rules: [{ name: everyone, then: { ${flow} } }] }
  renewing: { rules: [{ name: everyone, then: { ${flow}, renew: true } }] }
clients:
  harbour: { client_name: Harbour, redirect_uris: ['${harbour}/callback'], policy: lenient }
  treasury: { client_name: Treasury, redirect_uris: ['${treasury}/callback'], policy: renewing }
attempts: { per_address_a_minute: 100000 }
`,
)

const acting = (browser: Browser, page: string) => ({
  answer: async (body: object) => underWayIn(await browser.post(`${page}/answer`, body)),
  enrol: async (body: object) => underWayIn(await browser.post(`${page}/enrol`, body)),
})
const silently = async (browser: Browser, client: string) =>
  errorIn((await browser.follow((await ask(server, client, { prompt: 'none' })).url)).url)

/** Somebody who has used a recovery code at the client that asks for nothing after it. */
async function recovered(code: string) {
  const browser = new Browser()
  const asked = await ask(server)
  const { page, view } = await arrive(browser, asked)
  const { answer } = acting(browser, page)
  const named = await identify(browser, page, view, ada.username)
  const choice = await answer(answerOf(named, ada.password))
  const done = await answer(codeAnswerOf(await choose(browser, page, choice, 'recovery-code'), code))
  if (done.at !== 'done') throw new Error(JSON.stringify(done))
  await redeem(asked, (await browser.follow(done.goTo)).url)
  return browser
}

test('a recovery elsewhere counts for nothing where one has to be followed by a new authenticator', async () => {
  const [first = '', second = ''] = await testerFor(server, 'ada').recoveryCodes()
  const browser = await recovered(first)
  expect(await silently(browser, 'harbour')).toBeNull()
  expect(await silently(browser, 'treasury')).toBe('login_required')

  // Its page asks for the second step again. Another code is one of this sign-in: something new is added after it.
  const asked = await ask(server, 'treasury')
  const { page, view } = await arrive(browser, asked)
  expect(view.at).toBe('choose')
  expect(view.doors.map(({ state }) => state)).toEqual(['passed', 'open'])
  const { answer, enrol } = acting(browser, page)
  const after = await answer(codeAnswerOf(await choose(browser, page, view, 'recovery-code'), second))
  expect(after).toMatchObject({ at: 'enrol', because: 'recovered', factors: ['totp'] })
  expect(await silently(browser, 'treasury')).toBe('login_required')
  const begun = await enrol({ revision: after.revision, factor: 'totp' })
  const question = begun.at === 'enrol' ? begun.question : null
  const secret = question?.factor === 'totp' ? question.prompt.secret : ''
  const done = await enrol({ revision: begun.revision, answer: { code: codeOf(server, { label: '', secret }) } })
  if (done.at !== 'done') throw new Error(JSON.stringify(done))
  expect((await redeem(asked, (await browser.follow(done.goTo)).url)).claims()?.amr).toEqual(['pwd', 'otp', 'mfa'])
  // It was renewed: from now on the session is as good as any.
  expect(await silently(browser, 'treasury')).toBeNull()
})

test('who still has an app needs nothing new: it is used at the client that asks for more, and that is all', async () => {
  const [code = ''] = await testerFor(server, 'ada').recoveryCodes()
  const browser = await recovered(code)
  nextStep(server)
  const asked = await ask(server, 'treasury')
  const { page, view } = await arrive(browser, asked)
  const [phone] = ada.apps
  if (!phone) throw new Error('She has one.')
  const open = await choose(browser, page, view, phone.label)
  const done = await acting(browser, page).answer(codeAnswerOf(open, codeOf(server, phone)))
  if (done.at !== 'done') throw new Error(JSON.stringify(done))
  expect((await redeem(asked, (await browser.follow(done.goTo)).url)).claims()?.amr).toEqual(['pwd', 'otp', 'mfa'])
})
