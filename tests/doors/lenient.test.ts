import * as oidc from 'openid-client'
import { describe, expect, test } from 'vitest'
import { Browser } from '../browser.ts'
import { ada } from '../people/people.ts'
import { type Asked, ask, errorIn, redeem, signIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// What relying parties write a little differently from what they mean is understood, however the request comes; what
// cannot be understood is refused and not dropped.

const server = await serverForAll()
const browser = new Browser()
const scope = 'openid profile email groups'
const essential = (acr: object, beside: object = {}) => ({
  claims: JSON.stringify({ id_token: { acr: { essential: true, ...acr }, ...beside } }),
})

const ways = {
  'as an address': async (asked: Asked) => asked,
  posted: async (asked: Asked) => {
    const { origin, pathname, searchParams } = new URL(asked.url)
    const response = await browser.postForm(origin + pathname, Object.fromEntries(searchParams))
    return { ...asked, url: new URL(response.headers.get('location') ?? '', origin).href }
  },
  pushed: async (asked: Asked) => {
    const url = await oidc.buildAuthorizationUrlWithPAR(asked.config, new URL(asked.url).searchParams)
    return { ...asked, url: url.href }
  },
}

const understood: Readonly<Record<string, Record<string, string>>> = {
  'an essential acr without a value (OpenID Connect Core 1.0 §5.5.1)': essential({}),
  'an essential acr whose value is null': essential({ value: null }),
  'an essential acr whose values are null': essential({ values: null }),
  'an essential auth_time beside it': essential({}, { auth_time: { essential: true } }),
  'claims that ask for nothing (§5.5)': { claims: '{}' },
  'claims with unknown members alone (§5.5: they are ignored)': { claims: '{"mobile":{"email":null},"x":1}' },
  'claims with unknown members beside known ones': { claims: '{"x":1,"id_token":{"acr":null}}' },
  'a space after the scopes': { scope: `${scope} ` },
  'a space before them, and two between': { scope: ` ${scope.replace(' ', '  ')}` },
  'a space after the prompt': { prompt: 'login ' },
  'a space after the response type': { response_type: 'code ' },
}

describe.each(Object.entries(ways))('%s', (_way, send) => {
  test.each(Object.entries(understood))('%s is understood', async (_name, parameters) => {
    const asked = await send(
      await ask(server, 'harbour', { ...parameters, ...(parameters.prompt ? {} : { prompt: 'login' }) }),
    )
    const tokens = await redeem(asked, await signIn(browser, asked, ada))
    expect(tokens.claims()).toMatchObject({ acr: 'urn:sallyport:acr:aal1', auth_time: expect.any(Number) })
    expect(tokens.scope).toBe(scope)
  })
})

const refused: Readonly<Record<string, readonly [string, Record<string, string>]>> = {
  'an essential acr whose value is no string': ['invalid_request', essential({ value: 3 })],
  'an essential acr whose values are no list': ['invalid_request', essential({ values: 'urn:sallyport:acr:mfa' })],
  'claims that are no object': ['invalid_request', { claims: '[]' }],
  'claims that are no JSON': ['invalid_request', { claims: '{' }],
  'a tab between scopes': ['invalid_scope', { scope: 'openid\tprofile' }],
  'a prompt that is none with another': ['invalid_request', { prompt: ' none login' }],
}
test.each(Object.entries(refused))('%s is refused', async (_name, [error, parameters]) => {
  const asked = await ask(server, 'harbour', parameters)
  const { url } = await browser.follow(asked.url)
  expect(errorIn(url)).toBe(error)
  expect(new URL(url).searchParams.get('state')).toBe(asked.checks.expectedState)
  await expect(ways.pushed(asked)).rejects.toMatchObject({ error, status: 400 })
})

test('a parameter that is there twice is refused and not mended (RFC 6749 §3.1)', async () => {
  const asked = await ask(server)
  expect(errorIn((await browser.follow(`${asked.url}&scope=openid+`)).url)).toBe('invalid_request')
})

test.each([
  ['too long', `client_id=harbour&state=${'x'.repeat(60_000)}`],
  ['not UTF-8', Buffer.from([0x73, 0x3d, 0xff, 0xfe])],
])('a request that is pushed and %s is an error that says so', async (_name, body) => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const response = await fetch(`${server.issuer}/request`, { method: 'POST', headers, body })
  expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ error: 'invalid_request' })])
})
