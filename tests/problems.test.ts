import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type RefusalCode, refusals } from '#shared/refusal.ts'
import { Browser } from './browser.ts'
import { lock, storeOf } from './locker.ts'
import { ada, demo } from './people/people.ts'
import { arrive, ask, signIn } from './sign-in.ts'
import { serverForAll } from './test-server.ts'

// RFC 9457: whatever refuses a program says it in one shape, and `type` leads to a page that says what the code means.

const token = 'a token of the administrators alone, 43'
const server = await serverForAll((clients) =>
  demo(clients, 'openings_per_address_a_minute: 60, per_address_a_minute: 100000')
    .replace('bench: { people: people.yaml }', 'bench: { people: people.yaml, cards: true }')
    .concat(`admin: { secret: '${token}' }\n`),
)
const root = new URL('..', import.meta.url).pathname
const codes = Object.keys(refusals) as RefusalCode[]

const textOf = (html: string) =>
  html.replace(/<[^>]*>/g, '').replace(/&(?:#x27|amp|quot);/g, (sign) => ({ '&#x27;': "'", '&amp;': '&' })[sign] ?? '"')
const all = (html: string, element: string) =>
  [...html.matchAll(new RegExp(`<${element}\\b[^>]*>(.*?)</${element}>`, 'gs'))].map(([, inner = '']) => textOf(inner))

/** What the page about a code says. */
async function pageOf(url: string) {
  const response = await fetch(url)
  const html = await response.text()
  const [code, httpStatus, seen, whatToDo] = all(html, 'dd')
  const [heading] = all(html, 'h1')
  const [title] = all(html, 'title')
  return { status: response.status, html, title, heading, said: { code, httpStatus, seen, whatToDo } }
}

describe('the page of a code', () => {
  test.each(codes)(
    '%s: says it in a sentence, with its status, who sees it and what to do, as the docs do',
    async (code) => {
      const { status, html, title, heading, said } = await pageOf(`${server.issuer}/problems/${code}`)
      expect(status).toBe(200)
      expect(title).toBe(`${heading} · localhost`)
      expect(heading).toMatch(/^\p{Lu}[^<>{}]*[.?!]$/u)
      expect(said).toMatchObject({ code, httpStatus: String(refusals[code]) })
      for (const text of Object.values(said)) expect(text).toMatch(/^[^<>{}]+$/)
      expect(said.whatToDo).toMatch(/^\p{Lu}.*\.$/u)
      expect(html).toMatch(/<html lang="en" dir="ltr">/)
      const row = `| \`${code}\` | ${said.httpStatus} | ${heading} | ${said.seen} | ${said.whatToDo} |`
      expect(readFileSync(`${root}docs/problems.md`, 'utf8').split('\n')).toContain(row)
    },
  )

  test('the docs list these codes and no others', () => {
    const listed = readFileSync(`${root}docs/problems.md`, 'utf8').matchAll(/^\| `([^`]+)` \| \d/gm)
    expect([...listed].map(([, code]) => code)).toEqual(codes)
  })

  test.each(['nothing', 'Busy', 'busy/', 'constructor', '__proto__', '%00', ''])('%j is none: 404', async (code) => {
    const { status, heading } = await pageOf(`${server.issuer}/problems/${code}`)
    expect({ status, heading }).toEqual({ status: 404, heading: 'There’s nothing here' })
  })
})

interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}
const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const admin = { ...json, authorization: `Bearer ${token}` }
const post = (headers: Readonly<Record<string, string>>, body = '{}'): Sent => ({ method: 'POST', headers, body })
const tooLong = JSON.stringify({ username: 'a'.repeat(33 * 1024) })
const megabyte = JSON.stringify({ configuration: 'x'.repeat(1024 * 1024) })

/** Asks, and holds the answer to RFC 9457; answers what is the request's own. */
async function problemAt(path: string, sent: Sent = {}, send: typeof fetch = fetch) {
  const response = await send(`${server.issuer}${path}`, { ...sent, redirect: 'manual' })
  const text = await response.text()
  expect([response.headers.get('content-type'), text]).toEqual(['application/problem+json', text])
  expect(response.headers.get('cache-control')).toBe('no-store')
  const { type, title, status, code, ...rest } = JSON.parse(text)
  expect(status).toBe(response.status)
  expect(status).toBe(refusals[code as RefusalCode])
  expect(type).toBe(`${server.issuer}/problems/${code}`)
  expect(title).toBe((await pageOf(type)).heading)
  return { code, rest, headers: response.headers }
}

const signInPath = '/sign-in/nobody-s'
const people = '/bench/api/people'
const refused: readonly (readonly [path: string, RefusalCode, Sent?])[] = [
  ['/api/admin/policy/check', 'unauthorized', post(json)],
  ['/api/admin/openapi.json', 'unauthorized'],
  ['/api/admin/nothing', 'not-found', { headers: admin }],
  ['/api/admin/policy/check', 'too-large', post(admin, megabyte)],
  ['/api/account/sessions', 'unauthorized'],
  ['/api/account/sessions/end', 'unauthorized', post(json)],
  ['/api/account/nothing', 'not-found'],
  [`${signInPath}/identify`, 'wrong-type', post({ 'content-type': 'text/plain' })],
  [`${signInPath}/identify`, 'wrong-origin', post({ ...json, origin: 'https://elsewhere.example' })],
  [`${signInPath}/identify`, 'bad-request', post(json, '[]')],
  [`${signInPath}/identify`, 'too-large', post(json, tooLong)],
  [`${signInPath}/nothing`, 'not-found', post(json)],
  [`${people}/ada/unlock`, 'wrong-origin', post({ ...json, origin: 'https://elsewhere.example' })],
  [`${people}/ada/unlock`, 'wrong-type', post({ ...form, origin: server.issuer }, '')],
  [`${people}/ada/unlock`, 'too-large', post(json, tooLong)],
  [`${people}/nobody/unlock`, 'not-found', post(json)],
  [`${people}/nobody/codes`, 'not-found'],
  [`${people}/nobody/authenticators`, 'not-found'],
  [`${people}/ada/authenticators/x/remove`, 'not-found', post(json)],
  [`${people}/ada/enrolments`, 'bad-request', post(json)],
  [`${people}/ada/enrolments/x`, 'bad-request', post(json)],
  ['/bench/api/outbox', 'bad-request', post(json)],
  ['/bench/api/outbox', 'wrong-type', post({ 'content-type': 'text/plain' })],
  ['/bench/api/runs/harbour/x', 'not-found'],
  ['/bench/api/nothing', 'not-found'],
  ['/bench/cards/nobody.p12', 'not-found'],
  ['/bench/api/matrix/harbour', 'too-large', post(json, megabyte)],
  ['/nobody-listens-here', 'not-found', post(json)],
]

test.each(refused.map(([path, code, sent = {}]) => [path, code, sent] as const))('%s: %s', async (path, code, sent) => {
  const { code: said, rest, headers } = await problemAt(path, sent)
  expect({ said, rest }).toEqual({ said: code, rest: {} })
  expect(headers.get('www-authenticate')).toBe(
    path.startsWith('/api/admin') && code === 'unauthorized' ? 'Bearer' : null,
  )
})

test('what is wrong with this request is its detail', async () => {
  const asked = await problemAt('/api/admin/policy/explain', post(admin, '{"who":"ada"}'))
  expect(asked).toMatchObject({ code: 'bad-request', rest: { detail: expect.stringMatching(/^client: /) } })
  const unread = await problemAt('/api/admin/policy/check', post(admin, '{"configuration":"polices: {}"}'))
  expect(unread.rest.detail).toMatch(/^configuration:1:1: /)
  const draft = await problemAt('/bench/api/matrix/harbour', post(json, '{"configuration":"polices: {}"}'))
  expect(draft).toMatchObject({ code: 'bad-request', rest: { detail: expect.stringMatching(/^draft:1:1: /) } })
})

test('somebody who is signed in, and names a session that is none of theirs', async () => {
  const browser = new Browser()
  await signIn(browser, await ask(server), ada)
  const send = ((url: string, sent: Sent) => browser.post(url, String(sent.body))) as unknown as typeof fetch
  expect((await problemAt('/api/account/sessions/end', post(json), send)).code).toBe('bad-request')
  expect((await problemAt('/api/account/sessions/end', post(json, '{"session":"x"}'), send)).code).toBe('not-found')
})

test('under another Host the bench’s API is not there', async () => {
  const { request } = await import('node:http')
  const { port } = new URL(server.issuer)
  const send = (async () => {
    const asked = request({
      host: '127.0.0.1',
      port,
      path: '/bench/api/people',
      headers: { host: 'elsewhere.example' },
    })
    const { promise, resolve, reject } = Promise.withResolvers<Response>()
    asked.on('error', reject).on('response', async (incoming) => {
      const body = (await incoming.toArray()).map(String).join('')
      resolve(new Response(body, { status: incoming.statusCode ?? 0, headers: incoming.headers as HeadersInit }))
    })
    asked.end()
    return promise
  }) as unknown as typeof fetch
  expect((await problemAt('/bench/api/people', {}, send)).code).toBe('wrong-host')
})

test('a form’s sender is a person: a page says it', async () => {
  const elsewhere = { ...form, origin: 'https://elsewhere.example' }
  const response = await fetch(`${server.issuer}${signInPath}/identify`, post(elsewhere, 'username=ada'))
  expect([response.status, response.headers.get('content-type')]).toEqual([403, 'text/html; charset=UTF-8'])
})

test('a fault says under which reference it is in the log, and nothing else of it', async () => {
  const { store } = server.app.context
  const { byName } = store.people
  Object.assign(store.people, { byName: () => Promise.reject(new Error('the store is broken')) })
  const { code, rest } = await problemAt(`${people}/ada/authenticators`)
  Object.assign(store.people, { byName })
  expect({ code, rest }).toEqual({ code: 'server-fault', rest: { reference: expect.stringMatching(/^[0-9A-F]{10}$/) } })
})

test('while the store is locked: 503 and when to come back', async () => {
  const locker = await lock(storeOf(server))
  const answered = await Promise.all([
    problemAt('/api/admin/sessions/end', post(admin, '{"who":"ada"}')),
    problemAt(`${people}/ada/unlock`, post(json)),
  ]).finally(() => locker.release())
  for (const { code, rest, headers } of answered)
    expect({ code, rest, after: headers.get('retry-after') }).toEqual({ code: 'busy', rest: {}, after: '2' })
})

test('over the budget of an address: 429 and when to come back, to a program; a page to a person', async () => {
  const browser = new Browser()
  const { page } = await arrive(browser, await ask(server))
  const path = new URL(page, server.issuer).pathname
  for (let opened = 0; opened < 70; opened++) server.app.context.openings.spend('127.0.0.1')
  for (const [at, sent] of [[`${path}/identify`, post(json)], [`${path}/view`]] as const) {
    const { code, rest, headers } = await problemAt(at, sent)
    expect({ code, rest }).toEqual({ code: 'too-many-requests', rest: {} })
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  }
  expect((await fetch(`${server.issuer}${path}`)).headers.get('content-type')).toBe('text/html; charset=UTF-8')
  server.clock.aheadMs += 61_000
})

test('the OpenAPI description of a problem holds what is answered, and every refusal refers to it', async () => {
  const description = await (await fetch(`${server.issuer}/api/admin/openapi.json`, { headers: admin })).json()
  const schema = z.fromJSONSchema(description.components.schemas.Problem)
  for (const [headers, body] of [
    [json, '{}'],
    [admin, '{"nonsense":true}'],
  ] as const) {
    const refusal = await (await fetch(`${server.issuer}/api/admin/policy/check`, post(headers, body))).json()
    expect(schema.safeParse(refusal).error).toBeUndefined()
    expect(schema.safeParse({ ...refusal, code: 'nothing' }).success).toBe(false)
    expect(schema.safeParse({ ...refusal, title: undefined }).success).toBe(false)
  }
  const operations = Object.values(description.paths).map((path) => (path as { post: { responses: object } }).post)
  for (const { responses } of operations)
    for (const [status, response] of Object.entries(responses).filter(([status]) => status !== '200'))
      expect([status, response.content]).toEqual([
        status,
        { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      ])
})

test('problem details are written in one place', () => {
  const files = readdirSync(`${root}server`, { recursive: true, encoding: 'utf8' }).filter((path) => /\.ts$/.test(path))
  const written = /problem\+json|about:blank|json\(\{ code/
  expect(files.filter((path) => written.test(readFileSync(`${root}server/${path}`, 'utf8')))).toEqual([
    'http/problem.ts',
  ])
})
