import { describe, expect, test } from 'vitest'
import { operations } from '#server/admin/operations.ts'
import { unusedDevice } from '#server/factors/token/device.ts'
import rfc from './factors/rfc4226.json' with { type: 'json' }
import { demo } from './people/people.ts'
import { serverForAll } from './test-server.ts'

// What policies decide, over HTTP: for whoever has the token, and nobody else. None of it signs anybody in.

const token = 'a token of the administrators alone, 41'
const configured: typeof demo = (clients) => `admin: { secret: '${token}' }\n${demo(clients)}`
const server = await serverForAll(configured)
const closed = await serverForAll()

const post = async (path: string, body: unknown, authorization: string | null = `Bearer ${token}`) => {
  const response = await fetch(`${server.issuer}/api/admin${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(authorization ? { Authorization: authorization } : {}) },
    body: JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

describe('the token', () => {
  test.each([null, '', 'Bearer ', `Bearer ${token}x`, `Basic ${btoa(token)}`, token])('%j is none', async (given) => {
    for (const { path } of operations)
      expect(await post(path, {}, given)).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
    const { headers } = await post('/policy/check', {}, given)
    expect(headers.get('www-authenticate')).toBe('Bearer')
    expect(headers.get('content-type')).toBe('application/problem+json')
    const description = await fetch(`${server.issuer}/api/admin/openapi.json`, {
      headers: given ? { Authorization: given } : {},
    })
    expect(description.status).toBe(401)
  })

  test('without one in the configuration there is nothing here', async () => {
    const response = await fetch(`${closed.issuer}/api/admin/openapi.json`, {
      headers: { Authorization: `Bearer ${token}` },
    })
    expect(response.status).toBe(404)
  })
})

test('check: the policies in force, and a draft in their place', async () => {
  const { status, body } = await post('/policy/check', {})
  expect(status).toBe(200)
  expect(body).toContainEqual(
    expect.objectContaining({
      code: 'phishable',
      line: expect.any(Number),
      file: expect.stringMatching(/sallyport\.yaml$/),
    }),
  )
  const configuration =
    'policies:\n  p: { rules: [{ name: a, then: { primary: [grid] } }, { name: b, then: deny }] }\nclients: {}\n'
  const draft = await post('/policy/check', { configuration })
  expect(draft.body.map(({ code, line }: { code: string; line: number }) => `${code} ${line}`)).toEqual(
    expect.arrayContaining(['grid-alone 2', 'shadowed 2']),
  )
})

test('explain: one decision about somebody of the store', async () => {
  const { body } = await post('/policy/explain', { who: 'ada', client: 'treasury', proven: ['password'] })
  expect(body).toMatchObject({
    who: 'ada',
    rules: [{ name: 'everyone', verdict: 'hit', decides: true }],
    next: { is: 'answer', offers: [{ factor: 'totp' }] },
    outcome: { is: 'done', amr: ['pwd', 'otp', 'mfa'] },
  })
})

test('simulate, and what a draft would change of it', async () => {
  const people = ['ada', { has: ['password'] }]
  const { body } = await post('/policy/simulate', { people, clients: ['treasury', 'harbour'] })
  expect(body).toMatchObject([
    { person: 'ada', client: 'treasury', outcome: { doors: ['password', 'totp'] } },
    { person: 'ada', client: 'harbour', outcome: { doors: ['password'] } },
    { person: 'somebody', client: 'treasury', outcome: { is: 'refuse', why: 'not-enrolled' } },
    { person: 'somebody', client: 'harbour', outcome: { is: 'done' } },
  ])
  const configuration = configured(server.clients).replace('{ primary: [password, totp] }', '{ primary: [password] }')
  const changed = await post('/policy/changes', { configuration, people: ['ada'], clients: ['treasury', 'harbour'] })
  expect(changed.body).toMatchObject([
    { client: 'treasury', before: { doors: ['password', 'totp'] }, after: { doors: ['password'] } },
  ])
})

test('a draft’s client that is not in force yet, and one that the draft leaves out', async () => {
  const only = configured(server.clients).replace(/\n {2}treasury:/, '\n  vault:')
  expect(only).toContain('vault:')
  const asked = { configuration: only, people: ['ada'] }
  const { body } = await post('/policy/changes', { ...asked, clients: ['vault', 'treasury'] })
  expect(body).toMatchObject([
    { client: 'vault', before: null, after: { is: 'done' } },
    { client: 'treasury', before: { is: 'done' }, after: null },
  ])
  expect((await post('/policy/changes', { ...asked, clients: ['vaultt'] })).status).toBe(400)
})

test('test: cases, and where they are not met', async () => {
  const cases = [
    { who: 'ada', client: 'treasury', amr: ['pwd', 'otp', 'mfa'] },
    { who: 'ada', client: 'treasury', refused: 'denied' },
    { who: 'adaa', client: 'treasury', refused: 'denied' },
  ]
  const { body } = await post('/policy/test', { cases })
  expect(body).toMatchObject([
    { misses: [] },
    { misses: [{ of: 'refused', expected: 'denied', got: 'nothing' }] },
    { fault: 'There is no person "adaa". Did you mean "ada"?' },
  ])
})

test.each([
  ['/policy/explain', { who: 'ada' }, /^client: /],
  ['/policy/explain', { who: 'adaa', client: 'treasury' }, /^There is no person "adaa"\.$/],
  ['/policy/explain', { who: 'ada', client: 'treasuri' }, /Did you mean "treasury"/],
  ['/policy/explain', { who: 'ada', client: 'treasury', proven: ['sms'] }, /ada has no sms/],
  [
    '/policy/explain',
    { who: 'ada', client: 'treasury', asks: { claims: 'null' } },
    /^asks.claims: The claims parameter/,
  ],
  ['/policy/check', { configuration: 'polices: {}' }, /configuration:1:1: There is no setting "polices" here/],
  ['/policy/check', { nonsense: true }, /nonsense/],
  ['/policy/simulate', { people: [] }, /^people: /],
  ['/policy/simulate', { people: Array.from({ length: 600 }, () => 'ada') }, /^Ask for 2000 cells at most/],
  ['/policy/check', null, /^body: /],
])('%s %j is refused with what is wrong with it', async (path, body, expected) => {
  const refused = await post(path, body)
  expect(refused).toMatchObject({ status: 400, body: { code: 'bad-request', detail: expect.stringMatching(expected) } })
})

test('the description is OpenAPI, names every operation, and what is answered is what it says', async () => {
  const response = await fetch(`${server.issuer}/api/admin/openapi.json`, {
    headers: { Authorization: `Bearer ${token}` },
  })
  const described = await response.json()
  expect(described.openapi).toBe('3.1.0')
  expect(Object.keys(described.paths)).toEqual(operations.map(({ path }) => `/api/admin${path}`))
  expect(described.components.securitySchemes.token).toEqual({ type: 'http', scheme: 'bearer' })

  const { store } = server.app.context
  const kept = unusedDevice({ secret: rfc.secret, algorithm: 'sha1', digits: 6, moves: { by: 'event' } })
  const account = (await store.people.byName('ada'))?.id ?? ''
  await store.authenticators.add(
    { id: 'blue', account, factor: 'token', label: 'Blue token', credential: kept },
    Date.now(),
  )
  const asked: Record<string, object> = {
    '/sessions/list': { who: 'ada' },
    '/sessions/end': { who: 'ada' },
    '/people/unlock': { who: 'ada' },
    '/people/authenticators': { who: 'ada' },
    '/tokens/resync': { who: 'ada', codes: rfc.codes.slice(0, 2) },
    '/consents/list': { who: 'ada' },
    '/consents/withdraw': { who: 'ada', client: 'harbour' },
    '/policy/check': {},
    '/policy/explain': {
      who: 'ada',
      client: 'treasury',
      asks: { acr_values: 'phr urn:x' },
      proven: ['password', 'totp'],
    },
    '/policy/simulate': { people: ['ada', { has: ['passkey'] }], acr_values: ['phr', ''] },
    '/policy/changes': {
      people: ['ada'],
      configuration: configured(server.clients).replaceAll('password, totp', 'passkey'),
    },
    '/policy/test': { cases: ['ada', 'adaa'].map((who) => ({ who, client: 'treasury', acr: 'phr' })) },
  }
  for (const { path, output } of operations) {
    const { status, body } = await post(path, asked[path])
    expect(status).toBe(200)
    expect(output.safeParse(body).error).toBeUndefined()
    expect(JSON.stringify(body)).not.toMatch(/GKWGI6PMB6L3SX5ZFAMPDJYRA3NGYVUS|argon2|limestone/)
  }
})

test('a short token is none', async () => {
  const { loadConfig } = await import('#server/config/load.ts')
  const { file, folder } = await import('./cli/run.ts')
  const yaml = configured(server.clients).replace(token, 'short')
  expect(() => loadConfig(file(folder(), 'sallyport.yaml', yaml))).toThrow(
    /:1:10: This secret needs at least 32 characters/,
  )
})

// The last one: the connection is cut.
test('a megabyte is enough', async () => {
  expect((await post('/policy/check', { configuration: 'x'.repeat(1024 * 1024) })).status).toBe(413)
})
