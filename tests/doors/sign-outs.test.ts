import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as oidc from 'openid-client'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { reachable } from '#server/http/outgoing.ts'
import { importPeople } from '#server/people/import.ts'
import { Browser } from '../browser.ts'
import { ada, grace } from '../people/people.ts'
import { ask, errorIn, redeem, signIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'
import { fileWith } from '../threats/people-file.ts'

// A session that ends, here or at a relying party, ends for all of them; those that want to know are told.

const told: string[] = []
const asked: string[] = []
const listener = createServer(async (req, res) => {
  const chunks: Uint8Array[] = []
  for await (const chunk of req) chunks.push(chunk)
  asked.push(req.url ?? '')
  told.push(new URLSearchParams(Buffer.concat(chunks).toString()).get('logout_token') ?? '')
  res.writeHead(req.url === '/moved' ? 307 : 204, { location: '/elsewhere' }).end()
}).listen(0, '127.0.0.1')
await once(listener, 'listening')
afterAll(() => void listener.close())
const there = `http://localhost:${(listener.address() as AddressInfo).port}`
const secret = 'an administrators secret of enough letters'

const configured = (outgoing: string) => `bench: { people: people.yaml }
attempts: { per_address_a_minute: 100000 }
admin: { secret: ${secret} }
${outgoing}
policies: { staff: { rules: [{ name: everyone, then: { primary: [password] } }] } }
clients:`
const clientsAt = (origin: string) =>
  ['harbour', 'wiki']
    .map(
      (id) => `
  ${id}:
    client_name: ${id}
    redirect_uris: ['${origin}/callback']
    post_logout_redirect_uris: ['${origin}/']
    backchannel_logout_uri: ${there}/${id}
    policy: staff`,
    )
    .join('')
const server = await serverForAll(
  ({ harbour }) => configured('outgoing: { private_networks: [127.0.0.0/8, ::1/128] }') + clientsAt(harbour),
)
const moved = await serverForAll(({ harbour }) =>
  `${configured('outgoing: { private_networks: [127.0.0.0/8, ::1/128] }')}${clientsAt(harbour)}`.replace(
    `${there}/harbour`,
    `${there}/moved`,
  ),
)
const careful = await serverForAll(({ harbour }) => configured('') + clientsAt(harbour))
beforeEach(() => void [told, asked].map((one) => one.splice(0)))

async function signedIn(person: { username: string; password: string }, at = server, ...more: string[]) {
  const browser = new Browser()
  const asked = await ask(at)
  const tokens = await redeem(asked, await signIn(browser, asked, person))
  for (const client of more) {
    const second = await ask(at, client)
    await redeem(second, (await browser.follow(second.url)).url)
  }
  return { browser, asked, tokens }
}

async function signOut(browser: Browser, asked: Awaited<ReturnType<typeof ask>>, hint = '') {
  const page = await browser.get(oidc.buildEndSessionUrl(asked.config, hint ? { id_token_hint: hint } : {}).href)
  const html = await page.text()
  const [, action = ''] = /action="([^"]+)"/.exec(html) ?? []
  const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(html) ?? []
  return browser.postForm(action, { xsrf, logout: 'yes' })
}

/** The same by a form of the relying party's, which is another site's (RP-Initiated Logout 1.0 §2: GET and POST). */
async function postSignOut(browser: Browser, asked: Awaited<ReturnType<typeof ask>>, fields: Record<string, string>) {
  const { origin, pathname } = oidc.buildEndSessionUrl(asked.config)
  const foreign = { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' }
  const response = await new Browser().postForm(origin + pathname, fields, foreign)
  const html = await (await browser.get(new URL(response.headers.get('location') ?? '/', origin).href)).text()
  const [, action = ''] = /action="([^"]+)"/.exec(html) ?? []
  const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(html) ?? []
  return { status: response.status, end: await browser.postForm(action, { xsrf, logout: 'yes' }) }
}

const refreshed = ({ asked, tokens }: Awaited<ReturnType<typeof signedIn>>) =>
  oidc.refreshTokenGrant(asked.config, tokens.refresh_token ?? '').then(
    () => 'good',
    ({ error }) => error,
  )
const silently = async (browser: Browser) =>
  errorIn((await browser.follow((await ask(server, 'harbour', { prompt: 'none' })).url)).url)

test('a sign-out tells every relying party of the session, each in a token of its own', async () => {
  const session = await signedIn(ada, server, 'wiki')
  const claims = session.tokens.claims()
  await signOut(session.browser, session.asked, session.tokens.id_token)
  expect(told.length).toBe(2)
  const keys = createRemoteJWKSet(new URL(session.asked.config.serverMetadata().jwks_uri ?? ''))
  const read = await Promise.all(
    told.map(async (token) => (await jwtVerify(token, keys, { issuer: server.issuer, typ: 'logout+jwt' })).payload),
  )
  expect(read.map(({ aud }) => aud).sort()).toEqual(['harbour', 'wiki'])
  const ours = read.find(({ aud }) => aud === 'harbour')
  expect(ours).toMatchObject({
    sub: claims?.sub,
    sid: claims?.sid,
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  })
  expect(ours?.nonce).toBeUndefined()
  expect(await silently(session.browser)).toBe('login_required')
  expect(await refreshed(session)).toBe('invalid_grant')
})

test('a sign-out that is posted is one, and leads back with its state', async () => {
  const session = await signedIn(ada)
  const back = `${server.clients.harbour}/`
  const { status, end } = await postSignOut(session.browser, session.asked, {
    id_token_hint: session.tokens.id_token ?? '',
    post_logout_redirect_uri: back,
    state: 'where they were',
  })
  expect([status, end.status, end.headers.get('location')]).toEqual([303, 303, `${back}?state=where+they+were`])
  expect(told.length).toBe(1)
  expect(await silently(session.browser)).toBe('login_required')
})

test('where an address is not of the open internet, and no network is named, nobody is asked; the sign-out is one', async () => {
  const session = await signedIn(ada, careful)
  expect((await signOut(session.browser, session.asked)).status).toBe(303)
  expect(told).toEqual([])
  expect(await refreshed(session)).toBe('invalid_grant')
})

test('a relying party that sends us elsewhere is not followed there; the sign-out is one', async () => {
  const session = await signedIn(ada, moved)
  expect((await signOut(session.browser, session.asked)).status).toBe(303)
  expect(asked).toEqual(['/moved'])
  expect(await refreshed(session)).toBe('invalid_grant')
})

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '169.254.169.254',
  '192.168.0.1',
  '0.0.0.0',
  '[::1]',
  '[::ffff:10.0.0.1]',
  '[fd00::1]',
  '[fe80::1]',
  '[64:ff9b::a00:1]',
  '[2002:a00:1::]',
  'localhost',
])('%s is no address that we go to by ourselves', async (host) => {
  expect(await reachable(host)).toBeNull()
})

test('an address of the open internet is one', async () => {
  expect(await reachable('9.9.9.9')).toBe('9.9.9.9')
  expect(await reachable('[2620:fe::fe]')).toBe('2620:fe::fe')
})

test('somebody sees where they are signed in, and ends a session: its tokens, and its relying parties know', async () => {
  const [here, there] = [await signedIn(ada), await signedIn(ada, server, 'wiki')]
  const list = async () => (await here.browser.get(`${server.issuer}/api/account/sessions`)).json()
  const all: { id: string; current: boolean; clients: string[]; factors: string[] }[] = await list()
  expect(all.length).toBe(2)
  expect(all.find(({ current }) => current)).toMatchObject({ clients: ['harbour'], factors: ['password'] })
  const other = all.find(({ current }) => !current)
  expect(other).toMatchObject({ clients: ['harbour', 'wiki'] })

  const end = (browser: Browser, headers = {}) =>
    browser.post(`${server.issuer}/api/account/sessions/end`, { session: other?.id }, headers)
  expect((await end(here.browser, { origin: 'https://elsewhere.example' })).status).toBe(403)
  expect((await end(new Browser())).status).toBe(401)
  expect((await end((await signedIn(grace)).browser)).status).toBe(404)
  expect(told).toEqual([])

  expect((await end(here.browser)).status).toBe(204)
  expect(told.length).toBe(2)
  expect(await silently(there.browser)).toBe('login_required')
  expect(await refreshed(there)).toBe('invalid_grant')
  expect(await silently(here.browser)).toBeNull()
  expect((await list()).length).toBe(1)
  expect((await end(here.browser)).status).toBe(404)
})

test('an administrator ends all of somebody’s sessions, and nobody else’s; also of one who is disabled', async () => {
  const [hers, his] = [await signedIn(grace), await signedIn(ada)]
  const { people } = server.app.context.store
  const person = await people.byName('grace')
  if (!person) throw new Error('grace is nobody')
  await people.put({ ...person, disabled: true }, ['grace', 'grace@example.test'])
  const call = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
    return fetch(`${server.issuer}/api/admin${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  }
  expect((await call('/sessions/list', { who: 'grace' })).status).toBe(200)
  const listed = await (await call('/sessions/list', { who: 'grace' })).json()
  expect(await (await call('/sessions/end', { who: 'grace' })).json()).toEqual({ ended: listed.length })
  expect(told.length).toBeGreaterThan(0)
  expect(await silently(hers.browser)).toBe('login_required')
  expect(await silently(his.browser)).toBeNull()
  expect((await call('/sessions/end', { who: 'nobody' })).status).toBe(400)
})

test('whoever is disabled by an import is signed out everywhere: relying parties are told by the server that runs, once', async () => {
  const { store } = server.app.context
  await importPeople(store, fileWith(server, grace), () => new Date())
  const hers = await signedIn(grace, server, 'wiki')
  await signedIn(ada)
  const sid = hers.tokens.claims()?.sid
  const disabled = fileWith(server, { ...grace, disabled: true })
  await importPeople(store, disabled, () => new Date())
  expect(told).toEqual([])
  await Promise.all([server.app.sweep(), server.app.sweep()])
  expect(asked.toSorted()).toEqual(expect.arrayContaining(['/harbour', '/wiki']))
  const keys = createRemoteJWKSet(new URL(`${server.issuer}/jwks`))
  const said = await Promise.all(told.map(async (token) => (await jwtVerify(token, keys)).payload))
  expect(new Set(said.map(({ sub }) => sub))).toEqual(new Set([hers.tokens.claims()?.sub]))
  expect(said.filter((one) => one.sid === sid)).toHaveLength(1)
  const before = told.length
  await server.app.sweep()
  expect(told).toHaveLength(before)
  await importPeople(store, fileWith(server, grace), () => new Date())
})
