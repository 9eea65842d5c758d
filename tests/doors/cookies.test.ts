import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createApp } from '#server/app.ts'
import { loadConfig } from '#server/config/load.ts'
import { logTo } from '#server/log.ts'
import { builtPages } from '#server/pages.ts'
import { importPeople } from '#server/people/import.ts'
import { builtFolder } from '#server/settings.ts'
import { newKeys } from '#server/signing.ts'
import { viewIn } from '../browser.ts'
import { ada, people } from '../people/people.ts'
import type { UnderWay } from '../sign-in.ts'

// Behind https every cookie is for this host alone, for no script and for no other site's requests. Those of the whole
// origin have a name that a neighbour host cannot set (`__Host-`, RFC 6265bis §4.1.3.2); those of one sign-in are for its
// own address, which that prefix forbids: they count beside the browser's binding alone (tests/threats/neighbour-host.test.ts).

const folder = mkdtempSync(join(tmpdir(), 'sallyport-https-'))
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const signing = JSON.stringify(JSON.stringify({ keys: await newKeys() }))
const config = loadConfig(
  file(
    'sallyport.yaml',
    `keys: { signing: ${signing}, storage: ${randomBytes(32).toString('base64')} }
policies: { staff: { rules: [{ name: everyone, then: { primary: [password] } }] } }
clients: { harbour: { client_name: Harbour, redirect_uris: ['https://rp.example.test/callback'], policy: staff } }
`,
  ),
)
const issuer = new URL('https://id.example.test')
const pages = await builtPages(builtFolder)
const app = await createApp({ config, issuer, dataFolder: folder, pages, log: logTo('silent'), now: () => new Date() })
await importPeople(app.house.store, file('people.yaml', people), () => new Date())
const server = createServer((req, res) => app.listener(req, res)).listen(0, '127.0.0.1')
await once(server, 'listening')
afterAll(async () => {
  server.close()
  await app.close()
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
  const view = (await viewIn(await send(page))) as UnderWay
  const named = (await viewIn(
    await send(`${pathname}/identify`, { username: 'ada', revision: view.revision }),
  )) as UnderWay
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
