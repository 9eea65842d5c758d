import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { Browser } from '../browser.ts'
import { demo, nowhere, people } from '../people/people.ts'
import { file, folder, sallyport, spawned, start } from './run.ts'

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

/** What the first start leaves, for those that follow. */
let made = ''

test('the first start makes keys that only their owner can read; its log is JSON lines', async () => {
  const { child, issuer, exited, data, out } = await serve(quiet)
  const jwks = await (await fetch(`${issuer}/jwks`)).text()
  child.kill('SIGINT')
  expect(await exited).toEqual([0, null])
  for (const name of ['storage.key', 'signing.jwks.json']) expect(statSync(`${data}/${name}`).mode & 0o777).toBe(0o600)
  expect(statSync(data).mode & 0o777).toBe(0o700)
  const { kid } = JSON.parse(readFileSync(`${data}/signing.jwks.json`, 'utf8')).keys[0]
  expect(jwks).toContain(kid)
  const lines = out()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ msg }) => msg)).toEqual(['serving', 'stopped'])
  made = data
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

test('what config check refuses, a start refuses, and says why; of a secret it says nothing', async () => {
  const inside = folder()
  const yaml = `keys: { signing: canary, storage: ${'A'.repeat(43)}= }\n${quiet}`
  const { code, err } = await spawned([
    'serve',
    '--port',
    '0',
    '--config',
    file(inside, 'c.yaml', yaml),
    '--data',
    inside,
  ])
  expect(code).toBe(1)
  expect(err).toMatch(/not a JWK Set/)
  expect(err).not.toMatch(/canary| {4}at /)
})

test('a store that is none is told in a sentence', async () => {
  const inside = folder()
  const settings = ['--port', '0', '--config', file(inside, 'c.yaml', quiet), '--data', inside]
  file(inside, 'sallyport.sqlite', 'this is no database, and long enough to be looked at as if it were one')
  const { code, err } = await spawned(['serve', ...settings])
  expect(code).toBe(1)
  expect(err).toMatch(/sallyport\.sqlite cannot be used as the store: file is not a database/)
  expect(err).not.toContain('    at ')
})

test('a port that is taken is told in a sentence', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const inside = folder()
  const port = String((other.address() as AddressInfo).port)
  const settings = ['--config', file(inside, 'c.yaml', quiet), '--data', `${inside}/d`]
  const { code, err } = await sallyport(['serve', '--port', port, ...settings])
  expect(code).toBe(1)
  expect(err).toMatch(/Port \d+ is taken/)
  other.close()
})

test('configured keys are used, behind https, with secure cookies and the issuer’s own addresses', async () => {
  const keys = `keys: { signing: { file: ${made}/signing.jwks.json }, storage: { file: ${made}/storage.key } }`
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
