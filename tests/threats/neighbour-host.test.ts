import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createHttp, type RequestListener } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import type { View } from '#shared/wire/view.ts'
import { appBehindHttps } from '../behind-https.ts'
import { Browser, viewIn } from '../browser.ts'
import { openAtHome, signInAs } from '../chromium.ts'
import { ada } from '../people/people.ts'
import { Authority, folderForAll } from '../pki.ts'
import { answerOf, arrive, ask, identify } from '../sign-in.ts'
import { homeWith } from '../smartcard/reader.ts'
import { openTestServer } from '../test-server.ts'

// The attack: a neighbour host plants the cookies of a sign-in that the attacker began for the parent domain; the person
// proves every factor on the genuine page, and the attacker's browser goes on as them.

const isOfSignIn = (name: string) => /sign_in|resume/.test(name)

test('planted cookies of another browser’s sign-in open nothing: not its page, its view, its actions nor its end', async () => {
  const server = await openTestServer()
  const [attacker, victim] = [new Browser(), new Browser()]
  await arrive(victim, await ask(server))
  const { page, view } = await arrive(attacker, await ask(server))
  for (const { key = '', value, path } of (await attacker.jar.serialize()).cookies)
    if (isOfSignIn(key)) await victim.jar.setCookie(`${key}=${value}; Path=${path}`, server.issuer)

  const closed = { at: 'over', why: 'expired', client: null, goTo: null }
  expect(await viewIn(await victim.get(page))).toMatchObject(closed)
  expect(await viewIn(await victim.get(`${page}/view`))).toMatchObject(closed)
  for (const action of ['identify', 'challenge', 'answer', 'enrol', 'agree', 'restart', 'extend', 'cancel'])
    expect(await viewIn(await victim.post(`${page}/${action}`, { revision: view.revision }))).toMatchObject(closed)

  // The attacker's own end is not the victim's either: it leads to the page that says so, and stays the attacker's.
  const named = await identify(attacker, page, view, ada.username)
  const done = await viewIn(await attacker.post(`${page}/answer`, answerOf(named, ada.password)))
  if (done.at !== 'done') throw new Error(done.at)
  const { url, response } = await victim.follow(done.goTo)
  expect(url).toBe(page)
  expect(await viewIn(response)).toMatchObject(closed)
  expect((await attacker.follow(done.goTo)).url).toMatch(/code=/)
  await server.stop()
})

const folder = folderForAll()
async function listening(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  afterAll(() => void server.close())
  return (server.address() as AddressInfo).port
}

test('in Chromium, over https: the person is refused, or finishes in their own browser only', async () => {
  const site = await Authority.root(folder, 'Sites')
  const { certificate, key } = await site.issue({
    extensions: ['extendedKeyUsage=serverAuth', 'subjectAltName=DNS:*.example.test'],
  })
  const tls = { cert: readFileSync(certificate), key: readFileSync(key) }
  let listener: RequestListener = (_req, res) => void res.end()
  const pass: RequestListener = (req, res) => listener(req, res)
  const port = await listening(createHttps(tls, pass))
  const behindTls = await listening(createHttp(pass))
  const issuer = new URL(`https://id.example.test:${port}`)
  const app = await appBehindHttps(issuer, folder)
  listener = (req, res) => app.listener(req, res)

  // The attacker begins. What it is given it keeps, and sends as it likes: paths bind a browser, and nobody else.
  const given: string[] = []
  const attacker = async (path: string) => {
    const cookie = given.map((line) => line.split(';')[0]).join('; ')
    const url = new URL(path, issuer)
    const response = await fetch(`http://127.0.0.1:${behindTls}${url.pathname}${url.search}`, {
      redirect: 'manual',
      headers: { cookie },
    })
    given.push(...response.headers.getSetCookie())
    return response
  }
  const query = new URLSearchParams({
    client_id: 'harbour',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: 'https://rp.example.test/callback',
    code_challenge_method: 'S256',
    code_challenge: createHash('sha256').update('verifier of the attacker').digest('base64url'),
  })
  const begun = await attacker(`/auth?${query}`)
  const page = new URL(begun.headers.get('location') ?? '', issuer)
  // All but the one that leads back: the attacker wants to be the one who goes on.
  const planted = given
    .filter((line) => !line.includes('resume'))
    .map((line) => `${line.split(';').slice(0, 2).join(';')}; Domain=example.test; Secure`)
  const neighbour = await listening(
    createHttps(tls, (_req, res) => void res.setHeader('set-cookie', planted).end('<!doctype html><title>Next door')),
  )

  const home = homeWith(site, null)
  const { page: window, context } = await openAtHome(home, {}, {}, [
    '--host-resolver-rules=MAP *.example.test 127.0.0.1',
  ])
  afterAll(() => context.close())
  // Somebody who has been here before: their browser has a value of its own.
  await window.goto(`${issuer.origin}/auth?${query}`)
  await window.goto(`https://next-door.example.test:${neighbour}/`)
  const there = (await context.cookies(page.href)).map(({ name, domain }) => `${domain} ${name}`)
  expect(there.filter((one) => one.startsWith('.example.test'))).toContain('.example.test __Secure-sallyport_sign_in')
  expect(there.filter((one) => one.startsWith('.example.test __Host-'))).toEqual([])

  await window.goto(page.href)
  const view: View = JSON.parse((await window.textContent('#view')) ?? '')
  // Without the binding the genuine page stands here, and so the person would go on.
  if (view.at !== 'over') {
    await signInAs(window, ada)
    await window.waitForTimeout(1000)
  }
  const resumed = await attacker(page.pathname.replace('/sign-in/', '/auth/'))
  expect(resumed.headers.get('location') ?? '').not.toMatch(/code=/)
  expect(view).toMatchObject({ at: 'over', why: 'expired' })
})
