import * as oidc from 'openid-client'
import { expect, test } from 'vitest'
import { nextStep } from '../app.ts'
import { Browser, viewIn } from '../browser.ts'
import { ada } from '../people/people.ts'
import { answerOf, arrive, ask, errorIn, identify, redeem, signIn, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: whoever signs in, or whoever asks, writes amr, acr or evidence into a body or an address, and a token
// repeats it (authentik CVE-2026-49443: what was submitted decided, and not what was verified).

const server = await serverForAll()
const forged = { amr: ['hwk', 'mfa'], acr: 'urn:sallyport:acr:mfa', auth_time: 1, evidence: [{ factor: 'totp' }] }
const flat = { amr: 'hwk mfa', acr: 'urn:sallyport:acr:mfa', auth_time: '1' }

test('in the body of an action: refused, and nothing has changed', async () => {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  const named = await identify(browser, page, view, ada.username)
  const { revision } = named
  const bodies = {
    identify: { username: ada.username, revision },
    answer: answerOf(named, ada.password),
    challenge: { revision },
    restart: { revision },
    extend: { revision },
    enrol: { revision, factor: 'totp' },
    agree: { revision },
    cancel: { revision },
  }
  for (const [action, body] of Object.entries(bodies)) {
    for (const [name, value] of Object.entries(forged)) {
      const response = await browser.post(`${page}/${action}`, { ...body, [name]: value })
      expect(`${action} ${name} ${response.status}`).toBe(`${action} ${name} 400`)
    }
  }
  const inside = { ...answerOf(named, ada.password), answer: { password: ada.password, ...forged } }
  expect((await browser.post(`${page}/answer`, inside)).status).toBe(400)
  expect(await viewIn(await browser.get(`${page}/view`))).toMatchObject({ at: 'answer', revision })
})

test.each(['in its address', 'pushed'])(
  'in the authorization request, %s, and the token request: never repeated',
  async (how) => {
    const asked = await ask(server, 'harbour', flat)
    const pushed = async () => oidc.buildAuthorizationUrlWithPAR(asked.config, new URL(asked.url).searchParams)
    const request = how === 'pushed' ? { ...asked, url: (await pushed()).href } : asked
    const url = await signIn(new Browser(), request, ada)
    const { token_endpoint: endpoint = '' } = asked.config.serverMetadata()
    const form = {
      grant_type: 'authorization_code',
      client_id: 'harbour',
      redirect_uri: asked.redirectUri,
      code: new URL(url).searchParams.get('code') ?? '',
      code_verifier: String(asked.checks.pkceCodeVerifier),
      ...flat,
    }
    const { id_token: token = '' } = await (
      await fetch(endpoint, { method: 'POST', body: new URLSearchParams(form) })
    ).json()
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toMatchObject({ acr: 'urn:sallyport:acr:aal1', amr: ['pwd'] })
    expect(claims.auth_time).toBeGreaterThan(1)
  },
)

test('as the value of a claim that is asked for: it is what was verified that is told', async () => {
  const claims = JSON.stringify({ id_token: { amr: { essential: true, value: ['hwk'], values: [['hwk']] } } })
  const asked = await ask(server, 'harbour', { claims })
  expect((await redeem(asked, await signIn(new Browser(), asked, ada))).claims()?.amr).toEqual(['pwd'])
})

const mfa = 'urn:sallyport:acr:mfa'

test.each([
  ['encoded twice', encodeURIComponent(mfa)],
  ['in another case', mfa.toUpperCase()],
  ['with a blank inside', mfa.replace('mfa', ' mfa')],
  ['with a null byte', `${mfa}\u0000`],
  ['as a comma list', `${mfa},urn:sallyport:acr:aal1`],
])('an acr value that is edited, %s, is one that nobody knows', async (_how, value) => {
  const url = (await new Browser().follow((await ask(server, 'treasury', { acr_values: value })).url)).url
  expect(['unmet_authentication_requirements', 'invalid_request']).toContain(errorIn(url))
})

test('an acr twice in the address is refused', async () => {
  const asked = await ask(server, 'harbour', { acr_values: mfa })
  const { url } = await new Browser().follow(`${asked.url}&acr_values=urn:sallyport:acr:aal1`)
  expect(errorIn(url)).toBe('invalid_request')
})

test('an acr in the address of the sign-in, or of the way back, changes nothing', async () => {
  nextStep(server)
  const browser = new Browser()
  const asked = await ask(server, 'treasury', { acr_values: mfa })
  const { page, view } = await arrive(browser, asked)
  const named = await identify(browser, page, view, ada.username)
  const edited = '?acr_values=urn:sallyport:acr:aal1&prompt=none&client_id=harbour'
  expect(await viewIn(await browser.get(`${page}${edited}`))).toMatchObject({ at: 'answer', revision: named.revision })
  const half = await underWayIn(await browser.post(`${page}/answer${edited}`, answerOf(named, ada.password)))
  expect(half.at).not.toBe('done')
  const resume = `${server.issuer}/auth/${view.uid}${edited}`
  const { url, response } = await browser.follow(resume)
  expect(url.startsWith(server.issuer)).toBe(true)
  expect((await underWayIn(response)).at).not.toBe('done')
})
