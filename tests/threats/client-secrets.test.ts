import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestServer, type TestServer } from '../test-server.ts'

// Somebody tries client secrets at the token endpoint, at introspection and at pushed requests, as fast as they are
// answered, and looks which client ids there are. RFC 6749 §2.3.1: such an endpoint is protected against brute force.

const secrets = { lighthouse: 'a secret of the lighthouse alone', posting: 'a secret of who posts it alone' }
const free = 3
let server: TestServer
beforeEach(async () => {
  server = await openTestServer(
    ({ harbour }) => `bench: { people: people.yaml }
proxies: [127.0.0.0/8, '::1/128']
attempts: { free_failures: ${free}, per_address_a_minute: 40 }
policies: { staff: { rules: [{ name: everyone, then: { primary: [password] } }] } }
clients:
  lighthouse: { client_name: L, redirect_uris: ['${harbour}/callback'], client_secret: ${secrets.lighthouse}, policy: staff, id_token_signed_response_alg: RS256 }
  posting: { client_name: P, redirect_uris: ['${harbour}/callback'], client_secret: ${secrets.posting}, token_endpoint_auth_method: client_secret_post, policy: staff }
  basic: { client_name: B, redirect_uris: ['${harbour}/callback'], client_secret: ${secrets.posting}, token_endpoint_auth_method: client_secret_basic, policy: staff }
`,
  )
})
afterEach(() => server.stop())

const endpoints = {
  '/token': { grant_type: 'refresh_token', refresh_token: 'x' },
  '/introspect': { token: 'x' },
  '/request': {},
}
type Way = 'basic' | 'post'
async function present(
  client: string,
  secret: string,
  { path = '/introspect', way = 'basic', from = '192.0.2.7' }: { path?: string; way?: Way; from?: string } = {},
) {
  const fields = endpoints[path as keyof typeof endpoints]
  const basic = Buffer.from(`${client}:${encodeURIComponent(secret)}`).toString('base64')
  const response = await fetch(`${server.issuer}${path}`, {
    method: 'POST',
    headers: { 'x-forwarded-for': from, ...(way === 'basic' ? { authorization: `Basic ${basic}` } : {}) },
    body: new URLSearchParams(way === 'post' ? { ...fields, client_id: client, client_secret: secret } : { ...fields }),
  })
  const { error } = (await response.json()) as { error?: string }
  return { status: response.status, error, wait: Number(response.headers.get('retry-after') ?? 0) }
}
const wrong = { status: 401, error: 'invalid_client', wait: 0 }

test.each(Object.keys(endpoints).flatMap((path) => (['basic', 'post'] as const).map((way) => ({ path, way }))))(
  'after a few wrong ones nothing is looked at for a while, at $path by $way, and the right one waits, too',
  async (how) => {
    for (let at = 0; at < free; at++) expect(await present('lighthouse', `wrong ${at}`, how)).toEqual(wrong)
    for (const secret of ['wrong', secrets.lighthouse]) {
      const { status, wait } = await present('lighthouse', secret, how)
      expect({ status, soon: wait > 0 && wait <= 60 }).toEqual({ status: 429, soon: true })
    }
    server.clock.aheadMs += 61_000
    expect((await present('lighthouse', secrets.lighthouse, how)).status).not.toBe(401)
    expect((await present('lighthouse', 'wrong', how)).status).toBe(401)
  },
)

test('whoever has the right one elsewhere waits for nobody, and the other clients of the address do not either', async () => {
  for (let at = 0; at < free + 2; at++) await present('lighthouse', 'wrong')
  expect((await present('lighthouse', secrets.lighthouse)).status).toBe(429)
  expect((await present('lighthouse', secrets.lighthouse, { from: '198.51.100.9' })).status).toBe(200)
  expect((await present('posting', secrets.posting, { way: 'post' })).status).toBe(200)
})

test('a hundred at once are told as few as one after the other', async () => {
  const all = await Promise.all(Array.from({ length: 100 }, (_, at) => present('lighthouse', `wrong ${at}`)))
  expect(all.filter(({ status }) => status === 401)).toHaveLength(free)
  expect(all.filter(({ status }) => status === 429)).toHaveLength(100 - free)
})

test.each(['lighthouse', 'nobody', 'basic'])(
  '%s is answered like every client, there or not, however it is spelt',
  async (client) => {
    const spelt = [client, `%${client.charCodeAt(0).toString(16)}${client.slice(1)}`]
    const answers = []
    for (let at = 0; at < free + 2; at++) answers.push(await present(spelt[at % 2] ?? '', 'wrong'))
    expect(answers.map(({ status, error }) => `${status} ${error}`)).toEqual([
      ...Array.from({ length: free }, () => '401 invalid_client'),
      ...Array.from({ length: 2 }, () => '429 temporarily_unavailable'),
    ])
  },
)

test('who goes through client ids is stopped by the address', async () => {
  const statuses = []
  for (let at = 0; at < 45; at++) statuses.push((await present(`client ${at}`, 'wrong')).status)
  expect(statuses.indexOf(429)).toBe(40)
})

test('a method that a registration sets is the only one; where none is set both are', async () => {
  expect((await present('posting', secrets.posting, { way: 'post' })).status).toBe(200)
  expect(await present('posting', secrets.posting, { way: 'basic' })).toEqual(wrong)
  expect((await present('basic', secrets.posting, { way: 'basic' })).status).toBe(200)
  expect(await present('basic', secrets.posting, { way: 'post' })).toEqual(wrong)
  for (const way of ['basic', 'post'] as const)
    expect((await present('lighthouse', secrets.lighthouse, { way })).status).toBe(200)
})

test('right ones count nothing, and forgive what came before', async () => {
  for (let round = 0; round < 3; round++) {
    for (let at = 0; at < free - 1; at++) expect(await present('lighthouse', 'wrong')).toEqual(wrong)
    for (let at = 0; at < 5; at++) expect((await present('lighthouse', secrets.lighthouse)).status).toBe(200)
  }
})

test('an address with a slash at its end is none: there no secret would be counted', async () => {
  const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x', token: 'x' })
  const headers = { authorization: `Basic ${Buffer.from('lighthouse:wrong').toString('base64')}` }
  for (const path of Object.keys(endpoints)) {
    const response = await fetch(`${server.issuer}${path}/`, { method: 'POST', headers, body })
    expect([path, response.status]).toEqual([path, 404])
  }
})
