import * as oidc from 'openid-client'
import { beforeEach, expect, test } from 'vitest'
import { importPeople } from '#server/people/import.ts'
import { codeOf, nextStep } from '../app.ts'
import { Browser } from '../browser.ts'
import { ada, demo, grace } from '../people/people.ts'
import { answerOf, arrive, ask, codeAnswerOf, errorIn, identify, redeem, signIn, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'
import { fileWith } from './people-file.ts'

// The attack: whoever got in as somebody keeps a sign-in in the pocket, half way or finished and not taken back, and goes
// on after everything of theirs was ended, or after they were disabled and enabled again.

const token = 'a token of the administrators alone, 41'
const server = await serverForAll((clients) => `admin: { secret: '${token}' }\n${demo(clients)}`)
beforeEach(() => nextStep(server))
const [phone] = grace.apps as [(typeof grace.apps)[number]]

const admin = (path: string, body: object) =>
  fetch(`${server.issuer}/api/admin${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  })
const importing = (changes: object) => async () => {
  const { store, now } = server.app.context
  await importPeople(store, fileWith(server, { ...grace, ...changes }), now)
}
const endings = {
  'an operator ends all sessions': async () => {
    expect((await admin('/sessions/end', { who: grace.username })).status).toBe(200)
  },
  'the person is disabled, and enabled again': async () => {
    await importing({ disabled: true })()
    await importing({ disabled: false })()
  },
  'an operator sets another password': async () => {
    await importing({ password: 'a password that is another one 7' })()
    await importing({ password: grace.password })()
  },
} as const

const post = async (browser: Browser, page: string, action: string, body: object) =>
  underWayIn(await browser.post(`${page}/${action}`, body))
async function afterPassword(client: string) {
  const browser = new Browser()
  const asked = await ask(server, client)
  const { page, view } = await arrive(browser, asked)
  const named = await identify(browser, page, view, grace.username)
  return { browser, asked, page, view: await post(browser, page, 'answer', answerOf(named, grace.password)) }
}
const silently = async (browser: Browser, client = 'harbour') =>
  errorIn((await browser.follow((await ask(server, client, { prompt: 'none' })).url)).url)

test.each(Object.entries(endings))('%s: what was finished and not taken back gives no code', async (_, end) => {
  const { browser, view } = await afterPassword('harbour')
  if (view.at !== 'done') throw new Error(view.at)
  await end()
  const { url } = await browser.follow(view.goTo)
  expect(new URL(url).searchParams.get('code')).toBeNull()
  expect(errorIn(url)).toBe('access_denied')
  expect(await silently(browser)).toBe('login_required')
})

test.each(Object.entries(endings))('%s: what was half way begins anew', async (_, end) => {
  const { browser, page, view } = await afterPassword('treasury')
  expect(view).toMatchObject({ at: 'answer', challenge: { factor: 'totp' } })
  await end()
  const answered = await post(browser, page, 'answer', codeAnswerOf(view, codeOf(server, phone)))
  expect(answered).toMatchObject({ at: 'answer', challenge: { factor: 'password' } })
  // The same person, with the same password, still gets in.
  const again = await post(browser, page, 'answer', answerOf(answered, grace.password))
  expect(again).toMatchObject({ at: 'answer', challenge: { factor: 'totp' } })
})

test.each(Object.entries(endings))('%s: sessions, codes, tokens and grants are gone', async (_, end) => {
  const browser = new Browser()
  const asked = await ask(server)
  const tokens = await redeem(asked, await signIn(browser, asked, grace))
  const inHand = await ask(server, 'lighthouse')
  const code = (await browser.follow(inHand.url)).url
  expect(await silently(browser)).toBe(null)
  await end()
  expect(await silently(browser)).toBe('login_required')
  await expect(redeem(inHand, code)).rejects.toMatchObject({ error: 'invalid_grant' })
  await expect(oidc.refreshTokenGrant(asked.config, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  await expect(oidc.fetchUserInfo(asked.config, tokens.access_token, oidc.skipSubjectCheck)).rejects.toThrow()
  const account = (await server.app.context.store.people.byName(grace.username))?.id ?? ''
  for (const kind of ['Session', 'Grant', 'AuthorizationCode', 'AccessToken', 'RefreshToken'])
    expect(await server.app.context.store.documents.ofAccount(kind, account)).toEqual([])
})

test('what is proven while a file is being read, which takes a hash for each password in it, is ended with the rest', async () => {
  const { store, now } = server.app.context
  let halfWay: Awaited<ReturnType<typeof afterPassword>> | undefined
  const byName: typeof store.people.byName = async (name) => {
    halfWay ??= await afterPassword('treasury')
    return store.people.byName(name)
  }
  const people = { ...store.people, byName }
  await importPeople({ ...store, people }, fileWith(server, { ...grace, disabled: true }), now)
  await importing({ disabled: false })()
  const { browser, page, view } = halfWay ?? (await afterPassword('treasury'))
  const answered = await post(browser, page, 'answer', codeAnswerOf(view, codeOf(server, phone)))
  expect(answered).toMatchObject({ at: 'answer', challenge: { factor: 'password' } })
})

test('nobody else’s is touched, and the same person signs in anew at once', async () => {
  const others = new Browser()
  const theirs = await ask(server)
  await redeem(theirs, await signIn(others, theirs, ada))
  await admin('/sessions/end', { who: grace.username })
  expect(await silently(others)).toBe(null)
  const asked = await ask(server)
  const tokens = await redeem(asked, await signIn(new Browser(), asked, grace))
  expect((await oidc.refreshTokenGrant(asked.config, tokens.refresh_token ?? '')).claims()?.amr).toEqual(['pwd'])
})

test('removing an authenticator ends what rested on it, and nothing else', async () => {
  const { store } = server.app.context
  const [both, one] = [new Browser(), new Browser()]
  const plain = await ask(server)
  const plainTokens = await redeem(plain, await signIn(one, plain, grace))
  const asked = await ask(server, 'treasury')
  const { page, view } = await arrive(both, asked)
  const named = await identify(both, page, view, grace.username)
  const second = await post(both, page, 'answer', answerOf(named, grace.password))
  const done = await post(both, page, 'answer', codeAnswerOf(second, codeOf(server, phone)))
  if (done.at !== 'done') throw new Error(done.at)
  const tokens = await redeem(asked, (await both.follow(done.goTo)).url)

  const account = (await store.people.byName(grace.username))?.id ?? ''
  const [app] = await store.authenticators.list(account, 'totp')
  await store.authenticators.remove(app ?? { id: '', account })
  await expect(oidc.refreshTokenGrant(asked.config, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  expect(await silently(one)).toBe(null)
  expect((await oidc.refreshTokenGrant(plain.config, plainTokens.refresh_token ?? '')).claims()?.amr).toEqual(['pwd'])
  await importing({})()
})
