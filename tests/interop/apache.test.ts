import { afterAll, beforeEach, expect, test } from 'vitest'
import { nextStep } from '../app.ts'
import { Browser } from '../browser.ts'
import { passWith } from '../means.ts'
import { grace } from '../people/people.ts'
import { serverForAll } from '../test-server.ts'
import { freePort } from '../wire.ts'
import { openApache } from './apache.ts'

// A relying party in another language: Apache asks for acr_values, and lets in by what amr says.

const port = await freePort()
const origin = `http://localhost:${port}`
const clientSecret = 'a secret that Apache keeps'
const server = await serverForAll(
  () => `bench: { people: people.yaml }
policies: { vault: { rules: [{ name: everyone, then: { primary: [password], secondary: [password, totp] } }] } }
clients:
  apache:
    client_name: Apache
    redirect_uris: ['${origin}/callback']
    client_secret: ${clientSecret}
    id_token_signed_response_alg: RS256
    policy: vault
`,
)
const apache = await openApache({ issuer: server.issuer, port, clientId: 'apache', clientSecret })
afterAll(() => apache.stop())
beforeEach(() => nextStep(server))

/** Goes to a page of Apache's, and through whatever it asks for. */
async function visit(browser: Browser, path: string) {
  let { url, response } = await browser.follow(`${origin}${path}`)
  if (url.startsWith(server.issuer)) {
    expect(new URL(url).searchParams.get('acr_values')).toBe(path === '/vault.html' ? 'urn:sallyport:acr:mfa' : null)
    const end = await passWith(server, browser, { url }, grace, ['password', 'totp'])
    if (typeof end !== 'string') throw new Error(JSON.stringify(end))
    ;({ url, response } = await browser.follow(end))
  }
  const { status, headers } = response
  return { url, status, amr: headers.get('x-amr'), acr: headers.get('x-acr'), text: await response.text() }
}

test('a password is enough for one page; another asks for two factors, and gets them', async () => {
  const browser = new Browser()
  const open = await visit(browser, '/index.html')
  expect(open).toMatchObject({ status: 200, text: 'index', amr: expect.stringContaining('pwd') })
  expect(open.acr).toBe('urn:sallyport:acr:aal1')

  const vault = await visit(browser, '/vault.html')
  expect(vault).toMatchObject({ url: `${origin}/vault.html`, status: 200, text: 'vault', acr: 'urn:sallyport:acr:mfa' })
  expect(vault.amr?.split(',')).toEqual(expect.arrayContaining(['pwd', 'otp', 'mfa']))
})

test('what amr does not hold lets nobody in', async () => {
  const bunker = await visit(new Browser(), '/bunker.html')
  expect(bunker.status).toBe(401)
  expect(bunker.text).not.toBe('bunker')
})
