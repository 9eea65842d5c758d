import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { pino } from 'pino'
import { afterAll, expect, test } from 'vitest'
import { rounds } from '../exhaustive.ts'
import { everyPost, postsInSource, withAdmin } from '../posts.ts'
import { serverForAll } from '../test-server.ts'
import { keptConnection } from '../wire.ts'

// The attack: bodies of every shape, until one is a fault of ours: a 500 that an alarm is raised for, a stack that
// overflows, or a process that ends. What somebody sends is theirs to mend, and answered with 4xx (RFC 9110 §15.5).

const faults: unknown[] = []
const log = pino({ level: 'warn' }, { write: (line: string) => void faults.push(JSON.parse(line)) })
const server = await serverForAll(withAdmin, log)
const posts = await everyPost(server)
const { send, close } = keptConnection(new URL(server.issuer).port)
afterAll(close)

test('the doors that are tried are all that take a POST', () => {
  const tried = posts.map(({ path }) => path.split('/'))
  const missing = postsInSource().filter((route) => {
    const parts = route.split('/').filter(Boolean)
    const fits = (path: readonly string[]) =>
      parts.every((part, at) => part.startsWith(':') || path.at(at - parts.length) === part)
    return !tried.some(fits)
  })
  expect(missing).toEqual([])
})

const names = {
  sign_in: ['revision', 'challenge', 'answer', 'username', 'password', 'code', 'factor', 'authenticator', 'returned'],
  bench: ['chaos', 'session', 'configuration', 'who', 'people', 'cases', 'clients', 'asks', 'acr_values', 'from', 'at'],
  engine: [
    'client_id',
    'client_secret',
    'redirect_uri',
    'scope',
    'prompt',
    'claims',
    'max_age',
    'id_token_hint',
    'request',
  ],
  tokens: [
    'grant_type',
    'refresh_token',
    'code_verifier',
    'token',
    'token_type_hint',
    'resource',
    'xsrf',
    'logout',
    'state',
  ],
}
const name = fc.constantFrom(...Object.values(names).flat())
const nested = fc
  .tuple(fc.constantFrom(['[', ']'], ['{"a":', '}'], ['{"answer":', '}']), fc.integer({ min: 1, max: 15_000 }))
  .map(([[open = '', shut = ''], depth]) => `${open.repeat(depth)}1${shut.repeat(depth)}`)
const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.json({ maxDepth: 3 }),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '%00',
    'eyJhbGciOiJub25lIn0.e30.',
    '{}',
    '[]',
    'null',
    'lighthouse',
    'ada',
    '-1',
    '1e999',
  ),
)
const value = fc.oneof(word, nested, fc.integer(), fc.double(), fc.constant(null), fc.boolean(), fc.jsonValue())
const text = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '{}',
    '[]',
    'null',
    '"x"',
    '0',
    '{',
    '\ufeff{}',
    '{"a":1,"a":2}',
    '{"a":"\\ud800"}',
    'a'.repeat(40_000),
  ),
  fc.json(),
  nested,
  fc.dictionary(name, value, { noNullPrototype: true }).map((fields) => JSON.stringify(fields)),
  fc.array(fc.tuple(name, word), { maxLength: 8 }).map((pairs) => {
    const well = pairs.map(([key, said]) => [key, said.toWellFormed()])
    return new URLSearchParams(well).toString()
  }),
  nested.map((configuration) =>
    JSON.stringify({ configuration, people: ['ada'], clients: [], acr_values: [], from: [] }),
  ),
)
const body = fc.oneof(
  { weight: 4, arbitrary: text.map((said) => Buffer.from(said)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: text.map((said) => Buffer.from(said, 'utf16le')) },
)
const types = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain']
const charset = fc.constantFrom(
  '',
  '; charset=utf-8',
  '; charset=utf-16',
  '; charset=nobody-knows',
  '; charset="',
  ';;',
)
const type = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(fc.constantFrom(...types.slice(0, 2)), charset).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.constantFrom(undefined, '', '/', 'application/json, text/html', ...types) },
)

test('no body, however shaped, is a fault of ours, at any door', async () => {
  const shapes = fc.record({ post: fc.constantFrom(...posts), type, body, chunked: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(shapes, async ({ post, type, body, chunked }) => {
      const framed = chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(body.length) }
      const typed = type === undefined ? {} : { 'content-type': type }
      const { status } = await send('POST', post.path, { ...post.headers, ...typed, ...framed }, [body])
      expect([post.path, status < 500]).toEqual([post.path, true])
    }),
    { numRuns: rounds(600, 30_000) },
  )
  expect((await send('GET', '/readyz')).status).toBe(200)
})

test('a body that breaks off half way is no fault of ours, at any door: nothing is logged for an alarm', async () => {
  faults.length = 0
  for (const { path, headers } of posts)
    for (const type of types.slice(0, 2)) {
      const lines = Object.entries({ ...headers, 'content-type': type, 'content-length': '50' })
      const head = [`POST ${path} HTTP/1.1`, `host: localhost`, ...lines.map((line) => line.join(': '))].join('\r\n')
      const socket = connect(Number(new URL(server.issuer).port), '127.0.0.1')
      await once(socket.setNoDelay(), 'connect')
      socket.write(`${head}\r\n\r\n{"a":`)
      await pause(10)
      await once(socket.destroy(), 'close')
    }
  expect((await send('GET', '/readyz')).status).toBe(200)
  await pause(100)
  expect(faults).toEqual([])
})

test('a configuration whose keys are lists or mappings is refused before any of them is spelled out', async () => {
  const admin = posts.find(({ path }) => path.endsWith('/policy/check'))
  for (const configuration of ['? ? a', '{ ? [a] : b }', '[a]: b']) {
    const response = await fetch(server.issuer + admin?.path, {
      method: 'POST',
      headers: { ...admin?.headers },
      body: JSON.stringify({ configuration }),
    })
    expect([response.status, (await response.json()).detail]).toEqual([
      400,
      expect.stringMatching(/^configuration:1:\d+: A key is a word, not a list or a mapping\.$/),
    ])
  }
})
