import { expect, test } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { ada, demo } from '../people/people.ts'
import { answerOf, arrive, ask, identify, redeem, signIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: bodies and headers that are read in two ways, or not at all: duplicate keys, prototypes, depth, size,
// control characters, other content types, other sites (OpenBao CVE-2025-59043, Keycloak CVE-2026-9689).

const server = await serverForAll()
const browser = new Browser()
const arrived = await arrive(browser, await ask(server))
const { page } = arrived
const open = await identify(browser, page, arrived.view, ada.username)

const nest = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
const bodies: readonly (readonly [string, string])[] = [
  ['not JSON', '{'],
  ['a trailing comma', '{"a":1,}'],
  ['a key twice', '{"revision":1,"revision":1}'],
  ['a key twice, escaped', '{"revision":1,"\\u0072evision":1}'],
  ['__proto__', '{"__proto__":{"at":"done"}}'],
  ['constructor', '{"constructor":{"prototype":{"at":"done"}}}'],
  ['a prototype further in', '{"answer":{"__proto__":{"password":"x"}}}'],
  ['depth', nest(500)],
  ['more depth', nest(5000)],
  ['a list for an object', '[{"revision":1}]'],
  ['a byte order mark', '\ufeff{"revision":1}'],
]
test.each(bodies)('%s is 400', async (_name, body) => {
  for (const action of ['identify', 'answer']) expect((await browser.post(`${page}/${action}`, body)).status).toBe(400)
  expect(({} as { at?: string }).at).toBeUndefined()
})

test('control characters and lone surrogates are 400 in every field', async () => {
  const second = new Browser()
  const { page, view } = await arrive(second, await ask(server))
  const bad = [...Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)), '\u007f', '\u0085', '\ud800']
  for (const sign of bad) {
    const name = await second.post(`${page}/identify`, { username: `ada${sign}`, revision: view.revision })
    const code = await second.post(`${page}/answer`, { challenge: `x${sign}`, revision: 0, answer: { password: 'x' } })
    expect([sign.charCodeAt(0), name.status, code.status]).toEqual([sign.charCodeAt(0), 400, 400])
  }
})

test('a long body is 413, and is not read to its end', async () => {
  const response = await browser.post(`${page}/answer`, JSON.stringify({ password: 'x'.repeat(200_000) }))
  expect(response.status).toBe(413)
})

test('other content types are 415', async () => {
  for (const type of [
    'text/plain',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/json-patch+json',
  ])
    expect((await browser.post(`${page}/answer`, '{}', { 'content-type': type })).status).toBe(415)
})

test('another site’s Origin is 403, for JSON and for forms; a form needs ours', async () => {
  const fields = { revision: String(open.revision), challenge: 'x', password: 'x' }
  for (const origin of ['https://evil.example', 'null', 'http://localhost:1', `${server.issuer}.evil.example`]) {
    expect((await browser.post(`${page}/answer`, '{}', { origin })).status).toBe(403)
    expect((await browser.postForm(`${page}/answer`, fields, { origin })).status).toBe(403)
  }
  expect((await browser.post(`${page}/answer`, '{}', { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  const nobodys = new Browser()
  const response = await fetch(`${page}/answer`, {
    method: 'POST',
    headers: { cookie: await browser.jar.getCookieString(page), 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields),
  })
  expect(response.status).toBe(403)
  expect((await nobodys.get(page)).headers.get('access-control-allow-origin')).toBeNull()
})

test('a form field twice is 400, and once it is an answer', async () => {
  const headers = { origin: server.issuer, 'content-type': 'application/x-www-form-urlencoded' }
  const other = new Browser()
  const { page, view } = await arrive(other, await ask(server))
  const { challenge, revision } = answerOf(await identify(other, page, view, ada.username), '')
  const once = new URLSearchParams({ challenge, revision: String(revision), password: ada.password }).toString()
  for (const twice of [`challenge=${challenge}`, `revision=${revision}`, 'password=wrong'])
    expect((await other.post(`${page}/answer`, `${once}&${twice}`, headers)).status).toBe(400)
  const answered = await other.post(`${page}/answer`, once, headers)
  expect([answered.status, answered.headers.get('refresh')]).toEqual([200, expect.stringContaining('url=')])
})

const headers = [
  { 'x-forwarded-for': 'a' },
  { 'x-forwarded-for': '127.0.0.1, \t,,' },
  { 'user-agent': '' },
  { 'accept-language': `${'en-'.repeat(3000)};q=x` },
  { forwarded: 'for="[::1" ; host=evil' },
  { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher' },
]
test.each(headers)('junk in a header neither breaks nor shortens anything: %o', async (junk) => {
  const asked = await ask(server)
  const response = await fetch(asked.url, { headers: junk as Record<string, string>, redirect: 'manual' })
  expect(response.headers.get('location')).toMatch(/^\/sign-in\//)
  const page = await browser.get(`${server.issuer}/sign-in/nobody`, junk as Record<string, string>)
  expect(page.status).toBe(410)
})

test('addresses in discovery are the issuer’s, whatever Host says', async () => {
  const { request } = await import('node:http')
  const body = await new Promise<string>((resolve, reject) => {
    const url = new URL('/.well-known/openid-configuration', server.issuer)
    const sent = request({
      port: url.port,
      host: '127.0.0.1',
      path: url.pathname,
      headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' },
    })
    sent.on('error', reject).on('response', async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve(text)
    })
    sent.end()
  })
  expect(body).not.toContain('evil')
  expect(JSON.parse(body).token_endpoint).toBe(`${server.issuer}/token`)
})

test('the bench answers on the issuer’s own Host alone', async () => {
  const { request } = await import('node:http')
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const { port } = new URL(server.issuer)
    const sent = request({ port, host: '127.0.0.1', path: '/bench/api/people', headers: { host: 'rebound.example' } })
    sent.on('error', reject).on('response', (response) => resolve(response.resume().statusCode))
    sent.end()
  })
  expect(status).toBe(421)
})

test('nor does it work for another site’s page, which could not even read the answer', async () => {
  const path = `${server.issuer}/bench/api/matrix/bench`
  const draft = JSON.stringify({ configuration: demo(server.clients) })
  const sent = (headers: Record<string, string>) =>
    new Browser().post(path, draft, headers).then(({ status }) => status)
  expect(await sent({})).toBe(200)
  expect(await sent({ 'content-type': 'text/plain', origin: 'https://evil.example' })).toBe(403)
  expect(await sent({ 'content-type': 'text/plain', 'sec-fetch-site': 'cross-site' })).toBe(403)
})

test('an address that is none is 404 or 400, and the server lives', async () => {
  for (const path of [
    '/%',
    '/%zz',
    '/sign-in/%00',
    '//evil.example/x',
    '/assets/../../etc/passwd',
    '/sign-in/',
    '/auth/x',
    `/${'a'.repeat(8000)}`,
  ])
    expect((await browser.get(`${server.issuer}${path}`)).status).toBeLessThan(500)
  for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH'])
    expect((await fetch(page, { method })).status).toBeLessThan(500)
  expect((await fetch(`${server.issuer}/readyz`)).status).toBe(200)
})

const targets = [
  '//',
  '/\\\\',
  'http://',
  '*',
  '/%',
  '/sign-in/%0d%0aX:y/foo',
  '/assets/%2e%2e/%2e%2e/etc/passwd',
  'http://evil:99999/',
]
test.each(targets)('a request for %j is answered, and the server lives', async (target) => {
  const { connect } = await import('node:net')
  const socket = connect(Number(new URL(server.issuer).port), '127.0.0.1')
  socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
  let answer = ''
  for await (const chunk of socket) answer += chunk
  expect(answer).toMatch(/^HTTP\/1\.1 (200|4\d\d)/)
  expect((await fetch(`${server.issuer}/readyz`)).status).toBe(200)
})

test('redirect addresses are compared to the letter, and a wrong one is never followed', async () => {
  const { url, redirectUri } = await ask(server)
  const tricks = ['/', '?x=1', '#x', '/../callback', '%2f', '@evil.example', '.evil.example', ':80', '/;/..']
  for (const trick of [
    ...tricks.map((end) => redirectUri + end),
    redirectUri.toUpperCase(),
    'https://evil.example/',
    'javascript:alert(1)',
  ]) {
    const bad = new URL(url)
    bad.searchParams.set('redirect_uri', trick)
    const response = await browser.get(bad.href)
    expect([trick, response.status, response.headers.get('location')]).toEqual([trick, 400, null])
    expect(await viewIn(response)).toMatchObject({ at: 'error', code: 'bad-request' })
  }
})

test('what came from outside is text in the page', async () => {
  const hostile = '</script><img src=x onerror=alert(1)>'
  const other = new Browser()
  const { response } = await other.follow((await ask(server, 'harbour', { login_hint: hostile })).url)
  const html = await response.text()
  expect(html).not.toContain('<img')
  expect(html.match(/<\/script>/g)).toHaveLength(2)
  expect(response.headers.get('content-security-policy')).toMatch(/script-src 'self';.*frame-ancestors 'none'/)
  expect(response.headers.get('content-security-policy')).not.toContain('unsafe')
  expect(response.headers.get('cache-control')).toBe('no-store')
})

test('after all that, the same sign-in still works', async () => {
  const done = await viewIn(await browser.post(`${page}/answer`, answerOf(open, ada.password)))
  expect(done.at).toBe('done')
  const asked = await ask(server)
  expect((await redeem(asked, await signIn(new Browser(), asked, ada))).claims()?.amr).toEqual(['pwd'])
})
