import * as oidc from 'openid-client'
import { expect, test } from 'vitest'
import { Browser } from '../browser.ts'
import { ada, grace, people } from '../people/people.ts'
import { ask, redeem, signIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// SafeNet's use case: an application asks for a scope of the operator's own, and gets what it stands for.

const server = await serverForAll(
  ({ harbour }) => `bench: { people: people.yaml }
scopes:
  employment:
    department: { attribute: department }
    levels: { attribute: levels }
    roles: { groups: { staff: payer, finance: approver, __proto__: x } }
  everything: { all_groups: { groups: all }, department: { attribute: department } }
policies: { staff: { rules: [{ name: everyone, then: { primary: [password] } }] } }
clients: { harbour: { client_name: Harbour, redirect_uris: ['${harbour}/callback'], policy: staff } }
`,
)
const attributes = { department: 'treasury', levels: [1, 2], secret: 'not asked for' }
await server.restart(people.replace('"username":"ada"', `"username":"ada","attributes":${JSON.stringify(attributes)}`))

async function claimsOf(person: typeof ada | typeof grace, parameters: Record<string, string>) {
  const asked = await ask(server, 'harbour', parameters)
  const tokens = await redeem(asked, await signIn(new Browser(), asked, person))
  const sub = tokens.claims()?.sub ?? ''
  return { userinfo: await oidc.fetchUserInfo(asked.config, tokens.access_token, sub), idToken: tokens.claims(), sub }
}

test('a scope says what it stands for: attributes as they are, groups in its words', async () => {
  const { userinfo, sub } = await claimsOf(ada, { scope: 'openid employment' })
  expect(userinfo).toEqual({ sub, department: 'treasury', levels: [1, 2], roles: ['payer'] })
})

test('what somebody does not have is not said; what is not asked for is not, either', async () => {
  const without = await claimsOf(grace, { scope: 'openid employment' })
  expect(without.userinfo).toEqual({ sub: without.sub, roles: ['payer'] })
  const plain = await claimsOf(ada, { scope: 'openid' })
  expect(plain.userinfo).toEqual({ sub: plain.sub })
  const all = await claimsOf(ada, { scope: 'openid everything' })
  expect(all.userinfo).toEqual({ sub: all.sub, all_groups: ['staff'], department: 'treasury' })
})

test('a single claim can be asked for, in the ID token too', async () => {
  const claims = JSON.stringify({ id_token: { department: null, secret: null } })
  const { idToken } = await claimsOf(ada, { scope: 'openid', claims })
  expect(idToken).toMatchObject({ department: 'treasury', amr: ['pwd'] })
  expect(idToken).not.toHaveProperty('secret')
})

test('the metadata names them', async () => {
  const metadata = await (await fetch(`${server.issuer}/.well-known/openid-configuration`)).json()
  expect(metadata.scopes_supported).toEqual(expect.arrayContaining(['employment', 'everything']))
  expect(metadata.claims_supported).toEqual(expect.arrayContaining(['department', 'roles', 'levels', 'all_groups']))
})
