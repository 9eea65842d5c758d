import * as oidc from 'openid-client'
import { beforeEach, describe, expect, test } from 'vitest'
import { codeOf, nextStep } from '../app.ts'
import { Browser, viewIn } from '../browser.ts'
import { passWith } from '../means.ts'
import { grace } from '../people/people.ts'
import { type Asked, answerOf, arrive, ask, codeAnswerOf, errorIn, redeem, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// However a request comes, it is judged by what it asks for: as an address, posted, pushed, or by a registration.

const server = await serverForAll(
  ({ harbour }) => `bench: { people: people.yaml }
attempts: { per_address_a_minute: 100000 }
policies:
  vault: { rules: [{ name: everyone, then: { primary: [password], secondary: [password, totp] } }] }
  both: { rules: [{ name: everyone, then: { primary: [password, totp] } }] }
  backwards: { rules: [{ name: everyone, then: { primary: [totp, password] } }] }
  code: { rules: [{ name: everyone, then: { primary: [totp] } }] }
clients:
${['vault', 'both', 'backwards', 'code'].map((id) => `  ${id}: { client_name: ${id}, redirect_uris: ['${harbour}/callback'], policy: ${id} }`).join('\n')}
  strong:
    client_name: Strong
    redirect_uris: ['${harbour}/callback']
    policy: vault
    default_acr_values: ['urn:sallyport:acr:mfa']
`,
)
beforeEach(() => nextStep(server))
const mfa = 'urn:sallyport:acr:mfa'
const [phone] = grace.apps as [(typeof grace.apps)[number]]
const both = ['password', 'totp'] as const

const essential = { claims: JSON.stringify({ id_token: { acr: { essential: true, value: mfa } } }) }
const unmet = 'unmet_authentication_requirements'

const claimsAt = async (asked: Asked, browser = new Browser()) => {
  const end = await passWith(server, browser, asked, grace, both)
  if (typeof end !== 'string') throw new Error(end.at)
  return (await redeem(asked, end)).claims()
}

async function signedIn() {
  const browser = new Browser()
  const asked = await ask(server, 'vault')
  await redeem(asked, (await passWith(server, browser, asked, grace, ['password'])) as string)
  return browser
}

test('a registration asks where the request does not, and gives way where it does', async () => {
  expect(await claimsAt(await ask(server, 'strong'))).toMatchObject({ acr: mfa, amr: ['pwd', 'otp', 'mfa'] })
  nextStep(server)
  const asked = await ask(server, 'strong', { acr_values: 'urn:sallyport:acr:password' })
  expect(await claimsAt(asked)).toMatchObject({ acr: 'urn:sallyport:acr:password', amr: ['pwd'] })
})

test('what a registration asks for is asked of a session, and where nobody may be asked, and stands aside for an essential one', async () => {
  const browser = await signedIn()
  const silent = await ask(server, 'strong', { prompt: 'none' })
  expect(errorIn((await browser.follow(silent.url)).url)).toBe(unmet)
  const other = JSON.stringify({ id_token: { acr: { essential: true, value: 'urn:sallyport:acr:password' } } })
  const beside = await ask(server, 'strong', { claims: other, prompt: 'none' })
  const { url } = await browser.follow(beside.url)
  expect((await redeem(beside, url)).claims()).toMatchObject({ acr: 'urn:sallyport:acr:password', amr: ['pwd'] })
  const asked = await ask(server, 'strong')
  expect((await arrive(browser, asked)).view).toMatchObject({ at: 'answer', challenge: { factor: 'totp' } })
  expect(await claimsAt(asked, browser)).toMatchObject({ acr: mfa, amr: ['pwd', 'otp', 'mfa'] })
})

async function pushed(parameters: Record<string, string>): Promise<Asked> {
  const asked = await ask(server, 'vault', parameters)
  const url = await oidc.buildAuthorizationUrlWithPAR(asked.config, new URL(asked.url).searchParams)
  expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri'])
  return { ...asked, url: url.href }
}

test('a pushed request is judged by what was pushed', async () => {
  expect(await claimsAt(await pushed({ acr_values: mfa }))).toMatchObject({ acr: mfa, amr: ['pwd', 'otp', 'mfa'] })
  const silent = await pushed({ acr_values: mfa, prompt: 'none' })
  expect(errorIn((await (await signedIn()).follow(silent.url)).url)).toBe(unmet)
  const unknown = await pushed({ acr_values: 'urn:nobody:knows' })
  expect(errorIn((await new Browser().follow(unknown.url)).url)).toBe(unmet)
})

test('what stands beside a pushed request in the address counts for nothing', async () => {
  const asked = await pushed({ acr_values: mfa })
  const weaker = { ...asked, url: `${asked.url}&acr_values=urn:sallyport:acr:aal1` }
  expect(await claimsAt(weaker)).toMatchObject({ acr: mfa, amr: ['pwd', 'otp', 'mfa'] })
})

test.each([
  ['used', 0],
  ['too old', 2 * 60_000],
  ['half an hour old', 30 * 60_000],
])(
  'a pushed request that is %s and opened again leads back with its state (RFC 6749 §4.1.2.1)',
  async (_name, laterMs) => {
    const asked = await pushed({ response_mode: 'fragment' })
    if (laterMs === 0) await passWith(server, new Browser(), asked, grace, both)
    server.clock.aheadMs += laterMs
    const { url } = await new Browser().follow(asked.url)
    const { origin, pathname, hash } = new URL(url)
    expect(origin + pathname).toBe(asked.redirectUri)
    const { error, state } = Object.fromEntries(new URLSearchParams(hash.slice(1)))
    expect({ error, state }).toEqual({ error: 'invalid_request_uri', state: asked.checks.expectedState })
  },
)

test('what somebody else’s pushed request says is not told', async () => {
  const asked = await pushed({})
  await claimsAt(asked)
  const { url } = await new Browser().follow(asked.url.replace('client_id=vault', 'client_id=both'))
  expect(Object.fromEntries(new URL(url).searchParams)).not.toHaveProperty('state')
})

/** The same request as a form, and where it is answered to. */
async function posted(browser: Browser, parameters: Record<string, string>): Promise<Asked> {
  const asked = await ask(server, 'vault', parameters)
  const { origin, pathname, search } = new URL(asked.url)
  const fields = Object.fromEntries(new URLSearchParams(search))
  const response = await browser.postForm(origin + pathname, fields, {
    origin: 'https://elsewhere.example',
    'sec-fetch-site': 'cross-site',
  })
  expect(response.status).toBe(303)
  return { ...asked, url: new URL(response.headers.get('location') ?? '', origin).href }
}

describe.each([
  ['pushed', (_browser: Browser, parameters: Record<string, string>) => pushed(parameters)],
  ['posted', posted],
] as const)('%s', (_how, request) => {
  test('an acr that a session lacks is asked for; an essential one is the one that is told', async () => {
    const browser = await signedIn()
    for (const acr of [essential, { acr_values: mfa }]) {
      const silent = await request(browser, { ...acr, prompt: 'none' })
      expect(errorIn((await browser.follow(silent.url)).url)).toBe(unmet)
    }
    const asked = await request(browser, { ...essential, acr_values: 'urn:sallyport:acr:aal1' })
    expect(await claimsAt(asked, browser)).toMatchObject({ acr: mfa, amr: ['pwd', 'otp', 'mfa'] })
  })

  test.each([
    ['max_age', { max_age: '60' }],
    ['prompt=login', { prompt: 'login' }],
  ])('%s lets nothing earlier count', async (_name, parameters) => {
    const browser = await signedIn()
    server.clock.aheadMs += 2 * 60_000
    const before = Math.floor((Date.now() + server.clock.aheadMs) / 1000)
    const asked = await request(browser, parameters)
    expect((await arrive(browser, asked)).view).toMatchObject({ at: 'answer', challenge: { factor: 'password' } })
    const claims = await claimsAt(asked, browser)
    expect(claims?.amr).toEqual(['pwd'])
    expect(claims?.auth_time).toBeGreaterThanOrEqual(before)
  })
})

test('a posted request that no address can hold, or no form, is refused', async () => {
  const browser = new Browser()
  const { origin, pathname } = new URL((await ask(server, 'vault')).url)
  expect((await browser.postForm(origin + pathname, { state: 'x'.repeat(9000) })).status).toBe(400)
  expect((await browser.post(origin + pathname, { client_id: 'vault' })).status).toBe(400)
})

test.each([
  ['vault', 'both', 'totp'],
  ['code', 'both', 'password'],
  ['vault', 'backwards', 'totp'],
  ['code', 'backwards', 'password'],
] as const)('after %s, %s asks for the %s alone, and says both', async (first, then, missing) => {
  const browser = new Browser()
  const before = await ask(server, first)
  await passWith(server, browser, before, grace, first === 'code' ? ['totp'] : ['password'])
  nextStep(server)
  const asked = await ask(server, then)
  const { view } = await arrive(browser, asked)
  expect(view).toMatchObject({ at: 'answer', challenge: { factor: missing } })
  expect(view.doors.map(({ label, state }) => [label, state])).toContainEqual([missing, 'open'])
  const claims = await claimsAt(asked, browser)
  expect(new Set(claims?.amr as string[])).toEqual(new Set(['mfa', 'otp', 'pwd']))
})

test('with neither, each asks in its own order', async () => {
  for (const [client, first] of [
    ['both', 'password'],
    ['backwards', 'totp'],
  ] as const) {
    const browser = new Browser()
    const { page, view } = await arrive(browser, await ask(server, client))
    const named = await viewIn(await browser.post(`${page}/identify`, { username: 'grace', revision: view.revision }))
    expect(named).toMatchObject({ challenge: { factor: first } })
  }
})

test('after the interaction an unmet request fails once, and never loops', async () => {
  const browser = new Browser()
  const asked = await ask(server, 'vault', { acr_values: mfa })
  const { page, view } = await arrive(browser, asked)
  const named = await underWayIn(await browser.post(`${page}/identify`, { username: 'grace', revision: view.revision }))
  const next = await underWayIn(await browser.post(`${page}/answer`, answerOf(named, grace.password)))
  const done = await viewIn(await browser.post(`${page}/answer`, codeAnswerOf(next, codeOf(server, phone))))
  if (done.at !== 'done') throw new Error(done.at)
  // What the answer rests on is taken away before it is fetched.
  const { store } = server.app.context
  const [app] = (await store.authenticators.listAll((await store.people.byName('grace'))?.id ?? '')).filter(
    ({ factor }) => factor === 'totp',
  )
  if (!app) throw new Error('grace has no app')
  await store.authenticators.remove(app)
  const { url } = await browser.follow(done.goTo)
  expect(errorIn(url)).toBe(unmet)
})
