import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt } from 'jose'
import * as oidc from 'openid-client'
import { afterAll, expect, test } from 'vitest'
import { Browser } from '../browser.ts'
import { ada, grace } from '../people/people.ts'
import { ask, errorIn, redeem, refusedAfter, signIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// Two relying parties put what they know of people together by their `sub`. To a pairwise client everybody has a
// subject that no other sector knows, wherever it stands (OpenID Connect Core 1.0 §8.1).

const told: string[] = []
const listener = createServer(async (req, res) => {
  const chunks: Uint8Array[] = []
  for await (const chunk of req) chunks.push(chunk)
  told.push(new URLSearchParams(Buffer.concat(chunks).toString()).get('logout_token') ?? '')
  res.end()
}).listen(0, '127.0.0.1')
await once(listener, 'listening')
afterAll(() => void listener.close())
const there = `http://localhost:${(listener.address() as AddressInfo).port}`
const token = 'a token of the administrators alone, 41'
const api = 'https://api.example.test/payroll'
const lighthouseSecret = 'a secret of the lighthouse alone'

const server = await serverForAll(
  ({ harbour, lighthouse, treasury }) => `bench: { people: people.yaml }
admin: { secret: '${token}' }
attempts: { per_address_a_minute: 100000 }
outgoing: { private_networks: [127.0.0.0/8, '::1/128'] }
resources: { ${api}: { scopes: [read] } }
policies: { staff: { rules: [{ name: everyone, then: { primary: [password] } }] } }
clients:
  harbour: { client_name: H, redirect_uris: ['${harbour}/callback'], policy: staff }
  lighthouse:
    { client_name: L, redirect_uris: ['${lighthouse}/callback'], policy: staff, subject_type: pairwise, client_secret: ${lighthouseSecret}, id_token_signed_response_alg: RS256, resources: ['${api}'], backchannel_logout_uri: '${there}/' }
  treasury: { client_name: T, redirect_uris: ['${treasury}/callback'], policy: staff, subject_type: pairwise }
  sister: { client_name: S, redirect_uris: ['${harbour}/callback'], policy: staff, subject_type: pairwise, sector_identifier_uri: '${lighthouse.replace('http:', 'https:')}/sector.json' }
`,
)
async function signedIn(client: string, person = ada, browser = new Browser(), extra = {}) {
  const asked = await ask(server, client, extra)
  const tokens = await redeem(asked, await signIn(browser, asked, person))
  return { asked, tokens, browser, sub: tokens.claims()?.sub ?? '' }
}
const accountOf = async (username: string) => (await server.app.context.store.people.byName(username))?.id ?? ''

test('each sector has its own, always the same; one that shares a sector shares it; public ones are the account', async () => {
  const subs = await Promise.all(
    ['harbour', 'lighthouse', 'treasury', 'sister'].map(async (client) => (await signedIn(client)).sub),
  )
  const [open, lighthouse, treasury, sister] = subs
  expect(open).toBe(await accountOf('ada'))
  expect(sister).toBe(lighthouse)
  expect(new Set(subs).size).toBe(3)
  for (const sub of subs) expect(sub).toMatch(/^[!-~]{1,255}$/)
  expect(Buffer.from(treasury ?? '', 'base64url').includes(await accountOf('ada'))).toBe(false)
  await server.restart()
  expect((await signedIn('lighthouse')).sub).toBe(lighthouse)
  expect((await signedIn('lighthouse', grace)).sub).not.toBe(lighthouse)
})

test('it is the same in every token, at userinfo and at introspection, after a refresh and at a sign-out', async () => {
  const { asked, tokens, sub } = await signedIn('lighthouse', ada, new Browser(), {
    scope: 'openid read',
    resource: api,
  })
  expect(await oidc.fetchUserInfo(asked.config, tokens.access_token, sub)).toMatchObject({ sub })
  expect(await oidc.tokenIntrospection(asked.config, tokens.access_token)).toMatchObject({ active: true, sub })
  const again = await oidc.refreshTokenGrant(asked.config, tokens.refresh_token ?? '', { resource: api })
  expect(again.claims()?.sub).toBe(sub)
  expect(decodeJwt(again.access_token)).toMatchObject({ aud: api, sub })
  told.length = 0
  await fetch(`${server.issuer}/api/admin/sessions/end`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ who: 'ada' }),
  })
  expect(told.map((one) => decodeJwt(one).sub)).toContain(sub)
  for (const said of [tokens.id_token, again.access_token, ...told])
    expect(JSON.stringify(decodeJwt(said ?? ''))).not.toContain(await accountOf('ada'))
})

test('a hint and a sub in claims are as the client knows people, and nothing else names anybody', async () => {
  const { browser, tokens, sub } = await signedIn('lighthouse')
  const other = (await signedIn('treasury')).sub
  const asSub = (value: string) => ({ claims: JSON.stringify({ id_token: { sub: { value } } }) })
  for (const names of [asSub(sub), { id_token_hint: tokens.id_token ?? '' }]) {
    const asked = await ask(server, 'lighthouse', { prompt: 'none', ...names })
    expect((await redeem(asked, (await browser.follow(asked.url)).url)).claims()?.sub).toBe(sub)
    const fresh = await ask(server, 'lighthouse', { ...names })
    expect(await refusedAfter(new Browser(), fresh, grace)).toEqual({ why: 'wrong-person', error: 'login_required' })
  }
  for (const value of [other, await accountOf('ada'), `${sub}A`, sub.slice(1), 'x']) {
    const asked = await ask(server, 'lighthouse', { prompt: 'none', ...asSub(value) })
    expect(errorIn((await browser.follow(asked.url)).url)).toBe('login_required')
  }
})

test('discovery says that there are both, where a client is pairwise', async () => {
  const metadata = await (await fetch(`${server.issuer}/.well-known/openid-configuration`)).json()
  expect(metadata.subject_types_supported).toEqual(['public', 'pairwise'])
})
