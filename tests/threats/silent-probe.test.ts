import { beforeAll, expect, test } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { ada } from '../people/people.ts'
import { ask, errorIn, signIn, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// Somebody else's page asks in a hidden frame, with `prompt=none`, what is known of whoever looks at it: by the error it
// would learn what the policy says of them. Before they allow it anything it learns whether they are signed in, no more.

const client = (id: string, policy: string, thirdParty: boolean) => (origin: string) =>
  `  ${id}: { client_name: ${id}, redirect_uris: ['${origin}/callback'], policy: ${policy}, third_party: ${thirdParty} }`
const server = await serverForAll(
  ({ harbour }) => `bench: { people: people.yaml }
attempts: { per_address_a_minute: 100000 }
policies:
  staff: { rules: [{ name: everyone, then: { primary: [password] } }] }
  both: { rules: [{ name: everyone, then: { primary: [password, totp] } }] }
  token: { rules: [{ name: everyone, then: { primary: [password, token] } }] }
  nobody: { rules: [{ name: staff, when: { groups: [staff] }, then: deny }, { name: everyone, then: { primary: [password] } }] }
clients:
${['staff', 'both', 'token', 'nobody'].map((id) => client(id, id, true)(harbour)).join('\n')}
${client('own', 'nobody', false)(harbour)}
${client('harbour', 'staff', false)(harbour)}
`,
)
const browser = new Browser()
beforeAll(async () => void (await signIn(browser, await ask(server), ada)))
const requests = [{}, { acr_values: 'phr' }, { acr_values: 'urn:sallyport:acr:aal1' }, { max_age: '0' }]
const probe = async (at: Browser, id: string, extra: Record<string, string>) =>
  errorIn((await at.follow((await ask(server, id, { scope: 'openid', prompt: 'none', ...extra })).url)).url)

test.each(['staff', 'both', 'token', 'nobody'])(
  'whatever the policy %s says of the person, the answer is the same',
  async (id) => {
    for (const extra of requests) {
      expect(await probe(browser, id, extra)).toBe('consent_required')
      expect(await probe(new Browser(), id, extra)).toBe('login_required')
      const claims = JSON.stringify({ id_token: { sub: { value: 'somebody else' } } })
      expect(await probe(browser, id, { ...extra, claims })).toBe('login_required')
    }
  },
)

test('our own are told what it is, and so is one that the person has allowed what it asks for', async () => {
  expect(await probe(browser, 'own', {})).toBe('access_denied')
  const asked = await ask(server, 'staff', { scope: 'openid' })
  const view = await underWayIn((await browser.follow(asked.url)).response)
  const { uid, revision } = view
  const done = await viewIn(await browser.post(`${server.issuer}/sign-in/${uid}/agree`, { revision }))
  if (done.at !== 'done') throw new Error(done.at)
  await browser.follow(done.goTo)
  expect(await probe(browser, 'staff', {})).toBeNull()
  expect(await probe(browser, 'staff', { acr_values: 'urn:sallyport:acr:mfa' })).toBe(
    'unmet_authentication_requirements',
  )
  expect(await probe(browser, 'staff', { max_age: '0' })).toBe('login_required')
})
