import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Browser } from '../browser.ts'
import { demo, nowhere, people } from '../people/people.ts'
import { file, folder, sallyport, start } from './run.ts'

const quiet = demo(nowhere).replace('bench: { people: people.yaml }\n', 'log: { level: info }\n')

async function serve(yaml: string, env: Record<string, string> = {}) {
  const inside = folder()
  file(inside, 'people.yaml', people)
  const child = start(
    ['serve', '--config', file(inside, 'sallyport.yaml', yaml), '--data', `${inside}/data`, '--port', '0'],
    env,
  )
  let out = ''
  let err = ''
  child.stdout?.on('data', (chunk) => (out += chunk))
  child.stderr?.on('data', (chunk) => (err += chunk))
  // Not 'exit': what was written last may come after that.
  const exited = once(child, 'close')
  const issuer = await new Promise<string>((resolve, reject) => {
    const look = setInterval(() => {
      const found = /http:\/\/localhost:\d+/.exec(err)?.[0]
      if (found) resolve(found)
      if (found || child.exitCode !== null) clearInterval(look)
      if (child.exitCode !== null) reject(new Error(err))
    }, 20)
  })
  return { child, issuer, exited, data: `${inside}/data`, out: () => out }
}

test('the first start makes keys that only their owner can read, and the next one keeps them', async () => {
  const first = await serve(quiet)
  const jwks = await (await fetch(`${first.issuer}/jwks`)).text()
  first.child.kill('SIGTERM')
  await first.exited
  for (const name of ['storage.key', 'signing.jwks.json'])
    expect(statSync(`${first.data}/${name}`).mode & 0o777).toBe(0o600)
  expect(statSync(first.data).mode & 0o777).toBe(0o700)
  const { kid } = JSON.parse(readFileSync(`${first.data}/signing.jwks.json`, 'utf8')).keys[0]
  expect(jwks).toContain(kid)
})

test('SIGTERM: not ready, what is under way is finished, exit 0', async () => {
  const { child, issuer, exited, out } = await serve(demo(nowhere))
  expect(await (await fetch(`${issuer}/healthz`)).text()).toBe('ok')
  expect((await fetch(`${issuer}/readyz`)).status).toBe(200)
  const browser = new Browser()
  const query = new URLSearchParams({
    client_id: 'bench',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: `${issuer}/bench/callback`,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  })
  const { url, response } = await browser.follow(`${issuer}/auth?${query}`)
  expect(response.status).toBe(200)
  child.kill('SIGTERM')
  child.kill('SIGTERM')
  await expect.poll(async () => (await fetch(`${issuer}/readyz`)).status).toBe(503)
  const answer = await browser.post(`${url}/identify`, { username: 'ada', revision: 0 })
  expect(answer.status).toBe(200)
  expect(await exited).toEqual([0, null])
  await expect(fetch(`${issuer}/healthz`)).rejects.toThrow()
  expect(out()).not.toContain('limestone')
})

test('the log is JSON lines', async () => {
  const { child, exited, out } = await serve(quiet)
  child.kill('SIGINT')
  expect(await exited).toEqual([0, null])
  const lines = out()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ msg }) => msg)).toEqual(['serving', 'stopped'])
})

const refusals = [
  ['plain http beyond loopback', `issuer: http://id.example.test\n${quiet}`, /must be https/],
  [
    'no keys beyond loopback',
    `issuer: https://id.example.test\n${quiet}`,
    /keys\.signing and keys\.storage must be configured/,
  ],
  [
    'the bench beyond loopback',
    `issuer: https://id.example.test\n${demo(nowhere)}`,
    /the bench, which shows passwords, must be off/,
  ],
  [
    'a storage key that is too short',
    `keys: { signing: '{"keys":[]}', storage: c2hvcnQ= }\n${quiet}`,
    /32 bytes in base64/,
  ],
  ['signing keys that are none', `keys: { signing: canary, storage: ${'A'.repeat(43)}= }\n${quiet}`, /not a JWK Set/],
] as const
test.each(refusals)('it refuses to start with %s, and says why', async (_name, yaml, expected) => {
  const inside = folder()
  file(inside, 'people.yaml', people)
  const { code, err } = await sallyport([
    'serve',
    '--port',
    '0',
    '--config',
    file(inside, 'c.yaml', yaml),
    '--data',
    `${inside}/d`,
  ])
  expect(code).toBe(1)
  expect(err).toMatch(expected)
  expect(err).not.toContain('canary')
  expect(err).not.toContain('    at ')
})

test('a store that is none is told in a sentence', async () => {
  const inside = folder()
  const settings = ['--port', '0', '--config', file(inside, 'c.yaml', quiet), '--data', inside]
  file(inside, 'sallyport.sqlite', 'this is no database, and long enough to be looked at as if it were one')
  const { code, err } = await sallyport(['serve', ...settings])
  expect(code).toBe(1)
  expect(err).toMatch(/sallyport\.sqlite cannot be used as the store: file is not a database/)
  expect(err).not.toContain('    at ')
})

test('a port that is taken is told in a sentence', async () => {
  const { child, issuer, exited } = await serve(quiet)
  const inside = folder()
  const again = await sallyport([
    'serve',
    '--port',
    new URL(issuer).port,
    '--config',
    file(inside, 'c.yaml', quiet),
    '--data',
    `${inside}/d`,
  ])
  expect(again.code).toBe(1)
  expect(again.err).toMatch(/Port \d+ is taken/)
  child.kill('SIGTERM')
  await exited
})

test('configured keys are used, behind https, with secure cookies and the issuer’s own addresses', async () => {
  const first = await serve(quiet)
  first.child.kill('SIGTERM')
  await first.exited
  const keys = `keys: { signing: { file: ${first.data}/signing.jwks.json }, storage: { file: ${first.data}/storage.key } }`
  const inside = folder()
  const child = start([
    'serve',
    '--port',
    '0',
    '--config',
    file(inside, 'c.yaml', `issuer: https://id.example.test\n${keys}\n${quiet}`),
    '--data',
    `${inside}/d`,
  ])
  const port = await new Promise<string>((resolve) => {
    child.stdout?.on('data', (chunk) => {
      const found = /"port":(\d+)/.exec(String(chunk))?.[1]
      if (found) resolve(found)
    })
  })
  const metadata = await (await fetch(`http://127.0.0.1:${port}/.well-known/openid-configuration`)).json()
  expect(metadata.token_endpoint).toBe('https://id.example.test/token')
  const query =
    'client_id=harbour&response_type=code&scope=openid&redirect_uri=http://localhost:4999/callback&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
  const response = await fetch(`http://127.0.0.1:${port}/auth?${query}`, { redirect: 'manual' })
  const cookies = response.headers.getSetCookie()
  expect(cookies.length).toBeGreaterThan(0)
  for (const cookie of cookies) expect(cookie).toMatch(/^__(Secure|Host)-sallyport_.*; secure/)
  expect(response.headers.get('strict-transport-security')).toMatch(/max-age/)
  child.kill('SIGTERM')
  await once(child, 'exit')
})
