import * as oidc from 'openid-client'
import { expect, test } from 'vitest'
import { Browser } from '../browser.ts'
import { ada } from '../people/people.ts'
import { ask, errorIn, signIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// A gateway in front of the relying party sees an essential acr in `claims`; a second member of the same name takes it
// away from whoever reads the last one (RFC 8259 §4). A text that two readers understand differently is refused.

const server = await serverForAll()
const strong = '{"acr":{"essential":true,"value":"urn:sallyport:acr:mfa"}}'
const twice = [
  `{"id_token":${strong},"id_token":{}}`,
  `{"id_token":{"acr":{"essential":true,"value":"urn:sallyport:acr:mfa"},"acr":null}}`,
  `{"id_token":{"acr":{"essential":true,"value":"urn:sallyport:acr:mfa","essential":false}}}`,
  `{"id_token":${strong},"id\\u005ftoken":{}}`,
  `{"id_token":${strong},"userinfo":{"email":null,"email":null}}`,
  `{"id_token":${strong},"unknown":{"a":[{"b":1,"b":2}]}}`,
  `{"id_token":{"sub":{"value":"a","value":"b"}}}`,
  `{"x":1,"x":2}`,
]
async function signedIn() {
  const browser = new Browser()
  await signIn(browser, await ask(server), ada)
  return browser
}

test.each(twice)('%s is refused, and no session answers it', async (claims) => {
  const asked = await ask(server, 'harbour', { claims, prompt: 'none' })
  expect(errorIn((await (await signedIn()).follow(asked.url)).url)).toBe('invalid_request')
})

test('also where it is pushed', async () => {
  const { config, url } = await ask(server, 'lighthouse', { claims: twice[0] ?? '' })
  const parameters = new URLSearchParams(new URL(url).search)
  await expect(oidc.buildAuthorizationUrlWithPAR(config, parameters)).rejects.toMatchObject({
    error: 'invalid_request',
  })
})

test.each([
  `{"id_token":{"email":null},"userinfo":{"email":null}}`,
  `{"userinfo":{"verified":{"a":{"b":{"c":{"d":["e"]}}}}}}`,
  `{"id_token":{"email":{"value":"a \\"email\\": b"}}}`,
])('%s says everything once', async (claims) => {
  const asked = await ask(server, 'harbour', { claims, prompt: 'none' })
  expect(errorIn((await (await signedIn()).follow(asked.url)).url)).toBeNull()
})
