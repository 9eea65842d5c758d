import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { appBehindHttps } from '../behind-https.ts'
import { viewIn } from '../browser.ts'
import { ada } from '../people/people.ts'
import { underWayIn } from '../sign-in.ts'

// Behind https every cookie is for this host alone, for no script and for no other site's requests. Those of the whole
// origin have a name that a neighbour host cannot set (`__Host-`, RFC 6265bis §4.1.3.2); those of one sign-in are for its
// own address, which that prefix forbids: they count beside the browser's binding alone (tests/threats/neighbour-host.test.ts).

const folder = mkdtempSync(join(tmpdir(), 'sallyport-https-'))
const issuer = new URL('https://id.example.test')
const app = await appBehindHttps(issuer, folder)
const server = createServer((req, res) => app.listener(req, res)).listen(0, '127.0.0.1')
await once(server, 'listening')
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

const lines: string[] = []
const jar = new Map<string, string>()
/** As a proxy would pass it on. */
async function send(path: string, body?: object) {
  const port = (server.address() as AddressInfo).port
  const { pathname, search } = new URL(path, issuer)
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const response = await fetch(`http://127.0.0.1:${port}${pathname}${search}`, {
    redirect: 'manual',
    headers: { cookie, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  })
  for (const line of response.headers.getSetCookie()) {
    lines.push(line)
    const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s)
    jar.set(name, value)
  }
  return response
}

test('names, scopes and attributes, from the first request to the code', async () => {
  const query = new URLSearchParams({
    client_id: 'harbour',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: 'https://rp.example.test/callback',
    code_challenge_method: 'S256',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  })
  const begun = await send(`/auth?${query}`)
  const page = begun.headers.get('location') ?? ''
  const { pathname } = new URL(page, issuer)
  const view = await underWayIn(await send(page))
  const named = await underWayIn(await send(`${pathname}/identify`, { username: 'ada', revision: view.revision }))
  if (named.at !== 'answer') throw new Error(named.at)
  const answer = { challenge: named.challenge.id, revision: named.revision, answer: { password: ada.password } }
  const done = await viewIn(await send(`${pathname}/answer`, answer))
  if (done.at !== 'done') throw new Error(done.at)
  expect((await send(done.goTo)).headers.get('location')).toMatch(/^https:\/\/rp\.example\.test\/callback\?code=/)

  for (const name of [
    '__Host-sallyport_binding',
    '__Host-sallyport_session',
    '__Secure-sallyport_resume',
    '__Secure-sallyport_sign_in',
  ])
    expect([...jar.keys()]).toContain(name)
  for (const line of lines) {
    const attributes = line.toLowerCase()
    expect(attributes).toMatch(/; ?secure/)
    expect(attributes).toMatch(/; ?httponly/)
    expect(attributes).toMatch(/; ?samesite=lax/)
    expect(attributes).not.toMatch(/; ?domain=/)
    const path = /; ?path=([^;]*)/i.exec(line)?.[1] ?? ''
    expect(line).toMatch(/^__(Host|Secure)-sallyport_/)
    if (line.startsWith('__Host-')) expect(path).toBe('/')
    else expect(path.endsWith(`/${view.uid}`)).toBe(true)
  }
})
