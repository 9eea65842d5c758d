import { ada, grace } from '../people/people.ts'
import { read, readText } from './mapping.ts'
import { shownBy } from './people-carry.ts'
import { ledger, lighthouseSecret, payroll } from './recorded-server.ts'
import type { Visit, Walker } from './walker.ts'

/** Everything of somebody's that the engine and we publish. */
export async function documents(walker: Walker): Promise<void> {
  const { house: server, party } = walker
  for (const path of ['openid-configuration', 'webauthn', 'passkey-endpoints', 'nothing'])
    await party.get(`${server.issuer}/.well-known/${path}`)
  await party.get(`${server.issuer}/jwks`)
  for (const path of [
    '/',
    '/returned',
    '/nobody-listens-here',
    '/readyz',
    '/bench',
    '/bench/callback',
    '/bench/runs/x',
  ])
    await party.get(`${server.issuer}${path}`)
  await party.get(`${server.issuer}/`, { 'accept-language': 'de-CH, de;q=0.9, en;q=0.1' })
  await party.post(`${server.issuer}/`, {})
}

async function signedIn(
  walker: Walker,
  client = 'harbour',
  extra: Readonly<Record<string, string>> = {},
): Promise<Visit> {
  const visit = await walker.at(client, extra)
  await visit.name(ada.username)
  return visit.answer({ password: ada.password })
}

/** From a pushed request to introspection: the tokens of a client that keeps a secret. */
export async function tokens(walker: Walker): Promise<void> {
  const { house: server, party } = walker
  const scope = 'openid profile email groups work payroll.read ledger.read'
  const claims = JSON.stringify({ userinfo: { acr: null, amr: null, auth_time: null, email: null } })
  const fields = { ...walker.fields('lighthouse', { scope, claims }), resource: payroll }
  await walker.call('/request', fields, 'no secret of the lighthouse')
  await walker.call('/request', { ...fields, redirect_uri: 'https://elsewhere.example/' }, lighthouseSecret)
  const pushed = await (await walker.call('/request', fields, lighthouseSecret)).json()
  const visit = await walker.at('lighthouse', { request_uri: readText(pushed, 'request_uri') })
  await visit.name(ada.username)
  await visit.answer({ password: ada.password })
  const url = await visit.leave()
  const code = await walker.redeem(url, 'lighthouse', { resource: payroll }, lighthouseSecret)
  const refresh = (token: string, extra: Readonly<Record<string, string>> = {}) =>
    walker.call(
      '/token',
      { client_id: 'lighthouse', grant_type: 'refresh_token', refresh_token: token, ...extra },
      lighthouseSecret,
    )
  const first = await (await refresh(String(code.refresh_token))).json()
  const userinfo = (token: string) => party.get(`${server.issuer}/me`, { authorization: `Bearer ${token}` })
  await userinfo(readText(first, 'access_token'))
  await userinfo('none')
  await party.get(`${server.issuer}/me`)
  const introspect = (token: string, [client_id, secret]: readonly [string, string]) =>
    walker.call('/introspect', { client_id, token }, secret)
  const theLedger = ['ledger-api', 'a secret of the ledger alone'] as const
  const theLighthouse = ['lighthouse', lighthouseSecret] as const
  await introspect(readText(first, 'access_token'), theLighthouse)
  await introspect(readText(first, 'refresh_token'), theLighthouse)
  await introspect('none', theLighthouse)
  await introspect(readText(first, 'access_token'), theLedger)
  await introspect('none', ['ledger-api', 'wrong'])
  await refresh(readText(first, 'refresh_token'), { scope: 'openid nothing' })
  const second = await (await refresh(readText(first, 'refresh_token'), { scope: 'openid' })).json()
  // One that was used already ends the whole family.
  await refresh(readText(first, 'refresh_token'))
  await refresh(readText(second, 'refresh_token'))

  const opaque = await walker.at('lighthouse', { scope: 'openid ledger.read', resource: ledger })
  await opaque.name(ada.username)
  await opaque.answer({ password: ada.password })
  const theirs = await opaque.tokens('lighthouse', { resource: ledger }, lighthouseSecret)
  await introspect(String(theirs.access_token), theLedger)
  await introspect(String(theirs.access_token), theLighthouse)
  await walker.call('/token/revocation', { client_id: 'lighthouse', token: 'none' }, lighthouseSecret)
}

/** What `/token` refuses. */
export async function badTokens(walker: Walker): Promise<void> {
  const url = await (await signedIn(walker)).leave()
  await walker.redeem(url, 'harbour', { code_verifier: 'x'.repeat(50) })
  const again = await (await signedIn(walker)).leave()
  await walker.redeem(again, 'pairwise')
  const used = await (await signedIn(walker)).leave()
  await walker.redeem(used, 'harbour')
  await walker.redeem(used, 'harbour')
  await walker.call('/token', { client_id: 'harbour', grant_type: 'password' })
  await walker.call('/token', { client_id: 'harbour' })
  await walker.call('/token', { client_id: 'nobody', grant_type: 'refresh_token', refresh_token: 'x' })
  await walker.call('/token', {
    client_id: 'lighthouse',
    client_secret: lighthouseSecret,
    grant_type: 'refresh_token',
    refresh_token: 'x',
  })
  for (let time = 0; time < 4; time++)
    await walker.call('/token', { client_id: 'lighthouse', grant_type: 'refresh_token', refresh_token: 'x' }, 'wrong')
  await walker.party.get(`${walker.house.issuer}/token`)
  const pairwise = await signedIn(walker, 'pairwise')
  await pairwise.tokens('pairwise')
}

/** What a request can ask of a session, and how a request is wrong. */
export async function requests(walker: Walker): Promise<void> {
  const { house: server } = walker
  const nobody = walker.browser()
  await nobody.follow(walker.address('harbour', { prompt: 'none' }))
  const here = await signedIn(walker)
  await here.leave()
  const { browser } = here
  const ask = (client: string, extra: Readonly<Record<string, string>>) => walker.at(client, extra, browser)
  await ask('harbour', { prompt: 'none' })
  await ask('treasury', { prompt: 'none' })
  const stepped = await ask('treasury', { scope: 'openid profile' })
  await stepped.act('cancel')
  await stepped.leave()
  const anew = await ask('harbour', { prompt: 'login' })
  await anew.answer({ password: ada.password })
  await anew.tokens('harbour')
  const aged = await ask('harbour', { max_age: '10' })
  await aged.answer({ password: ada.password })
  await aged.tokens('harbour')
  await ask('harbour', { max_age: '10', prompt: 'none' })
  await ask('harbour', { response_mode: 'fragment' })
  await browser.get(walker.address('harbour', { response_mode: 'form_post' }))
  const selected = await ask('harbour', { prompt: 'select_account' })
  await selected.act('agree')
  await selected.leave()
  const allowing = await ask('travel', { scope: 'openid email work' })
  await allowing.act('agree', { revision: 9 })
  await allowing.act('agree')
  await allowing.tokens('travel')
  await ask('travel', { prompt: 'none' })
  const refusing = await ask('travel', { prompt: 'consent', scope: 'openid email groups' })
  await refusing.act('cancel')
  await refusing.leave()
  const known = await ask('harbour', {
    login_hint: 'ada',
    claims: JSON.stringify({ id_token: { email: null, acr: null } }),
  })
  await walker.redeem(known.url, 'harbour')
  // Somebody signs in in another tab meanwhile.
  const tab = await walker.at('harbour', {}, walker.browser())
  const other = await walker.at('harbour', {}, tab.browser)
  await other.name(grace.username)
  await other.answer({ password: grace.password })
  await other.leave()
  await tab.look()
  await tab.act('restart')

  for (const extra of [
    { client_id: 'nobody' },
    { redirect_uri: 'https://elsewhere.example/' },
    { response_type: 'token' },
    { code_challenge: '', code_challenge_method: '' },
    { code_challenge_method: 'plain' },
    { claims: '{"id_token":1}' },
    { claims: JSON.stringify({ id_token: { acr: { essential: 'yes' } } }) },
    { claims: '{"userinfo":{},"userinfo":{}}' },
    { prompt: 'none login' },
    { scope: 'openid nothing' },
    { resource: payroll },
    { request: 'x.y.z' },
    { request_uri: 'urn:ietf:params:oauth:request_uri:none' },
    { id_token_hint: 'none' },
    { acr_values: 'x'.repeat(4000) },
  ] as readonly Readonly<Record<string, string>>[])
    await browser.get(walker.address('harbour', extra), { accept: 'text/html' })
  await browser.get(`${server.issuer}/auth`, { accept: 'text/html' })
  await browser.postForm(`${server.issuer}/auth`, walker.fields('harbour', { prompt: 'none' }))
}

/** Signing out, by a link and by a form. */
export async function signOuts(walker: Walker): Promise<void> {
  const { house: server } = walker
  const back = `${server.clients.harbour}/`
  const end = (fields: Readonly<Record<string, string>>) =>
    `${server.issuer}/session/end?${new URLSearchParams(fields)}`
  const confirm = async (visit: Visit, response: Response, fields: Readonly<Record<string, string>>) => {
    const html = await response.text()
    const [, action = end({})] = /action="([^"]+)"/.exec(html) ?? []
    const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(html) ?? []
    const { headers } = await visit.browser.postForm(action, { xsrf, ...fields })
    const location = headers.get('location') ?? ''
    if (location.startsWith(server.issuer)) await visit.browser.get(location)
  }
  const plain = await signedIn(walker)
  await plain.leave()
  await confirm(plain, await plain.browser.get(end({})), {})
  await confirm(plain, await plain.browser.get(end({})), { logout: 'yes' })
  await plain.browser.get(end({}))
  const hinted = await signedIn(walker, 'lighthouse')
  const { id_token: hint = '' } = await hinted.tokens('lighthouse', {}, lighthouseSecret)
  await hinted.browser.get(end({ id_token_hint: 'none' }), { accept: 'text/html' })
  await hinted.browser.get(end({ id_token_hint: hint, post_logout_redirect_uri: 'https://elsewhere.example/' }), {
    accept: 'text/html',
  })
  await confirm(hinted, await hinted.browser.get(end({ id_token_hint: hint, state: 'x' })), { logout: 'yes' })
  const posted = await signedIn(walker)
  const tokens = await posted.tokens('harbour')
  const fields = { id_token_hint: String(tokens.id_token), post_logout_redirect_uri: back, state: 'where they were' }
  const foreign = { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' }
  const sent = await walker.browser().postForm(`${server.issuer}/session/end`, fields, foreign)
  const location = new URL(sent.headers.get('location') ?? '/', server.issuer).href
  await confirm(posted, await posted.browser.get(location), { logout: 'yes' })
  await posted.browser.postForm(`${server.issuer}/session/end/confirm`, { xsrf: 'none' })
}

/** Where somebody is signed in, and the end of it. */
export async function account(walker: Walker): Promise<void> {
  const sessions = `${walker.house.issuer}/api/account/sessions`
  const [here, there] = [await signedIn(walker), await signedIn(walker, 'pairwise')]
  await there.leave()
  await walker.party.get(sessions)
  await walker.party.post(`${sessions}/end`, { session: 'none' })
  await here.leave()
  const all = (await (await here.browser.get(sessions)).json()) as readonly unknown[]
  const current = all.find((one) => read(one, 'current'))
  await here.browser.post(`${sessions}/end`, { session: 'none' })
  await here.browser.post(`${sessions}/end`, { sessions: [] })
  await here.browser.post(`${sessions}/end`, {}, { origin: 'https://elsewhere.example' })
  await here.browser.post(`${sessions}/end`, 'x', { 'content-type': 'text/plain' })
  await here.browser.post(`${sessions}/end`, { session: read(current, 'id') })
  await here.browser.get(sessions)
  const graces = await walker.at('treasury')
  await graces.name(grace.username)
  await graces.answer({ password: grace.password })
  await graces.answer({ code: shownBy(grace.apps[0] ?? { secret: '' }) })
  await graces.leave()
  await graces.browser.get(sessions)
}
