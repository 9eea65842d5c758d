import { readFileSync } from 'node:fs'
import * as oidc from 'openid-client'
import { expect, test } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { ada } from '../people/people.ts'
import { type Asked, arrive, ask, errorIn, redeem, signIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The errors that a relying party is told are those of the table in its document, and each comes with its state
// (RFC 6749 §4.1.2.1).

const server = await serverForAll(
  ({ harbour }) => `bench: { people: people.yaml }
policies: { staff: { rules: [{ name: everyone, then: { primary: [password] } }] } }
clients:
  harbour: { client_name: Harbour, redirect_uris: ['${harbour}/callback'], policy: staff }
  travel: { client_name: Travel, redirect_uris: ['${harbour}/callback'], policy: staff, third_party: true }
`,
)

interface Ended {
  readonly asked: Asked
  readonly url: string
}
type Parameters = Record<string, string>

async function opened(parameters: Parameters, client = 'harbour', browser = new Browser()): Promise<Ended> {
  const asked = await ask(server, client, parameters)
  return { asked, url: (await browser.follow(asked.url)).url }
}

async function cancelled(): Promise<Ended> {
  const [browser, asked] = [new Browser(), await ask(server)]
  const { page, view } = await arrive(browser, asked)
  const left = await viewIn(await browser.post(`${page}/cancel`, { revision: view.revision }))
  if (left.at !== 'done') throw new Error(left.at)
  return { asked, url: (await browser.follow(left.goTo)).url }
}

async function withoutConsent(): Promise<Ended> {
  const [browser, asked] = [new Browser(), await ask(server)]
  await redeem(asked, await signIn(browser, asked, ada))
  return opened({ prompt: 'none' }, 'travel', browser)
}

async function pushedTwice(): Promise<Ended> {
  const asked = await ask(server)
  const url = await oidc.buildAuthorizationUrlWithPAR(asked.config, new URL(asked.url).searchParams)
  await signIn(new Browser(), { ...asked, url: url.href }, ada)
  return { asked, url: (await new Browser().follow(url.href)).url }
}

/** For each error, something that leads to it. */
const causes: Readonly<Record<string, () => Promise<Ended>>> = {
  unmet_authentication_requirements: () => opened({ acr_values: 'urn:nobody:knows' }),
  login_required: () => opened({ prompt: 'none' }),
  consent_required: withoutConsent,
  access_denied: cancelled,
  invalid_request: () => opened({ prompt: 'none login' }),
  invalid_request_uri: pushedTwice,
  invalid_scope: () => opened({ scope: 'openid\tprofile' }),
  invalid_target: () => opened({ resource: 'https://api.example.test/nobodys' }),
  unsupported_response_type: () => opened({ response_type: 'none' }),
}

test('the table lists them all', () => {
  const document = readFileSync(new URL('../../docs/relying-parties.md', import.meta.url), 'utf8')
  const [, section = ''] = document.split('\n## Errors\n')
  const listed = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, error]) => error)
  expect(listed).toEqual(Object.keys(causes))
})

test.each([
  ['no code_challenge', ['code_challenge', 'code_challenge_method']],
  ['a code_challenge in clear', ['code_challenge_method']],
])('%s is an invalid_request (RFC 9700 §2.1.1)', async (_name, without) => {
  const { url } = await ask(server)
  const request = new URL(url)
  for (const name of without) request.searchParams.delete(name)
  expect(errorIn((await new Browser().follow(request.href)).url)).toBe('invalid_request')
})

test.each(Object.entries(causes))('%s', async (error, cause) => {
  const { asked, url } = await cause()
  expect(errorIn(url)).toBe(error)
  expect(url.startsWith(`${asked.redirectUri}?`)).toBe(true)
  expect(new URL(url).searchParams.get('state')).toBe(asked.checks.expectedState)
})
