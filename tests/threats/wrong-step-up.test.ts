import { beforeEach, expect, test } from 'vitest'
import { codeOf, nextStep } from '../app.ts'
import { Browser, viewIn } from '../browser.ts'
import { ada, grace } from '../people/people.ts'
import { arrive, ask, errorIn, identify, redeem, signIn, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: somebody with a stolen session of one factor steps up with another proof than the one that is asked for:
// the same factor again, a weaker one, or somebody else's (Ory Kratos CVE-2024-45042; Keycloak CVE-2026-18963).

const server = await serverForAll()
beforeEach(() => nextStep(server, 2))
const mfa = 'urn:sallyport:acr:mfa'

async function stepUp() {
  const browser = new Browser()
  const first = await ask(server)
  await redeem(first, await signIn(browser, first, grace))
  const asked = await ask(server, 'treasury', { acr_values: mfa })
  const { page, view } = await arrive(browser, asked)
  if (view.at !== 'answer') throw new Error(view.at)
  expect(view.challenge.factor).toBe('totp')
  const answer = (body: object) => ({ challenge: view.challenge.id, revision: view.revision, answer: body })
  const post = (action: string, body: object) => browser.post(`${page}/${action}`, body)
  return { browser, asked, view, answer, post }
}
const codeOfHers = () => codeOf(server, (grace.apps as [(typeof grace.apps)[number]])[0])

test('the password again is no answer to a code, and cannot be opened', async () => {
  const { post, answer, view } = await stepUp()
  expect((await post('answer', answer({ password: grace.password }))).status).toBe(400)
  for (const factor of ['password', 'recovery-code', 'sms', 'passkey'])
    expect((await post('challenge', { revision: view.revision, factor })).status).toBe(409)
})

test('somebody else’s code is wrong', async () => {
  const { post, answer } = await stepUp()
  const theirs = codeOf(server, (ada.apps as [(typeof ada.apps)[number]])[0])
  expect(await underWayIn(await post('answer', answer({ code: theirs })))).toMatchObject({
    at: 'answer',
    refusal: { code: 'wrong-code' },
  })
})

test('the code alone, of somebody who begins again as somebody else, meets nothing of the first session', async () => {
  const { browser, post, view, asked } = await stepUp()
  const nobody = await underWayIn(await post('restart', { revision: view.revision }))
  const page = `${server.issuer}/sign-in/${view.uid}`
  const named = await identify(browser, page, nobody, ada.username)
  expect(named).toMatchObject({ at: 'answer', challenge: { factor: 'password' } })
  const silent = await ask(server, 'treasury', { acr_values: mfa, prompt: 'none' })
  // Her session is still there, and lacks what is asked for: the person need not sign in, but prove more.
  expect(errorIn((await browser.follow(silent.url)).url)).toBe('unmet_authentication_requirements')
  expect(asked.redirectUri).toContain(server.clients.treasury)
})

test('the right code, and nothing else, steps up; what it gives is of both', async () => {
  const { browser, asked, post, answer } = await stepUp()
  const done = await viewIn(await post('answer', answer({ code: codeOfHers() })))
  if (done.at !== 'done') throw new Error(done.at)
  const claims = (await redeem(asked, (await browser.follow(done.goTo)).url)).claims()
  expect(claims).toMatchObject({ acr: mfa, amr: ['pwd', 'otp', 'mfa'] })
})
