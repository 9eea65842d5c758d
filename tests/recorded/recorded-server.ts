import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, vi } from 'vitest'
import { ada, type Clients, grace } from '../people/people.ts'
import { openTestServer, type TestServer } from '../test-server.ts'

/** The administrators' token. */
export const token = 'a token of the administrators alone, 43'
export const lighthouseSecret = 'a secret of the lighthouse alone'
export const payroll = 'https://api.example.test/payroll'
export const ledger = 'https://api.example.test/ledger'

/** RFC 4226, Appendix D. */
export const button = 'otpauth://hotp/Button?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=0'
/** Nothing but a password. */
export const lise = { username: 'lise', name: 'Lise Meitner', password: 'protactinium kettle 31' }
/** Whose factors are guessed at. */
export const carl = { username: 'carl', name: 'Carl Linnaeus', password: 'linnaea borealis 07' }
export const carlsApp = { label: 'Phone', secret: 'O5FJXQ5LXBMYPP2RB6Q4SZK7YDFTM3SP' }

/** Everybody has one authenticator of a factor at first: two that were never used stand in any order. */
const personOf = ({ apps: _, ...person }: typeof ada, one: object) => ({
  ...person,
  groups: ['staff'],
  attributes: { department: 'treasury' },
  authenticators: [one],
})
const people = JSON.stringify([
  personOf(ada, { factor: 'token', label: 'Button', secret: button }),
  personOf(grace, { factor: 'totp', ...grace.apps[0] }),
  lise,
  { ...carl, authenticators: [{ factor: 'totp', ...carlsApp }] },
])

const everything = '[totp, token, grid, sms, passkey, smartcard, recovery-code]'
const policies: Readonly<Record<string, string>> = {
  staff: '{ primary: [password] }',
  payroll: '{ primary: [password, totp] }',
  vault: `{ primary: [password, { oneOf: ${everything} }] }`,
  pass: '{ primary: [passkey], secondary: [password] }',
  uv: '{ primary: [{ passkey: { uv: required } }] }',
  keys: '{ primary: [password, passkey] }',
  card: '{ primary: [smartcard] }',
  texted: '{ primary: [sms], secondary: [password] }',
  inline: '{ primary: [password, { oneOf: [totp, grid] }], enrol: inline }',
  renewed: '{ primary: [password, { oneOf: [totp, recovery-code] }], renew: true }',
  closed: 'deny',
}
/** What is decided when it is known who it is. */
const staffed = (then: string) =>
  `{ rules: [{ name: staff, when: { groups: [staff] }, then: ${then} }, { name: others, then: { primary: [password, totp] } }] }`

const clients = ({ harbour }: Clients): Readonly<Record<string, string>> => ({
  harbour: `client_name: Harbour Payroll, policy: staff, post_logout_redirect_uris: ['${harbour}/'], initiate_login_uri: '${harbour}/login'`,
  lighthouse: `client_name: Lighthouse Wiki, policy: staff, client_secret: ${lighthouseSecret}, id_token_signed_response_alg: RS256, dialect: oneportal, resources: ['${payroll}', '${ledger}'], backchannel_logout_uri: '${harbour}/logout'`,
  pairwise: 'client_name: Pairwise, policy: staff, subject_type: pairwise, acr: voluntary',
  treasury: `client_name: Harbour Treasury, policy: payroll, client_uri: '${harbour}/treasury'`,
  travel: 'client_name: Travel, policy: staff, third_party: true',
  ...Object.fromEntries(
    ['vault', 'pass', 'uv', 'keys', 'card', 'texted', 'inline', 'renewed', 'closed', 'barred', 'lowered'].map((id) => [
      id,
      `client_name: The ${id}, policy: ${id}`,
    ]),
  ),
})

export const configuration = (origins: Clients, peopleFile: string): string => `name: Harbour Sign-in
admin: { secret: '${token}' }
bench: { people: ${peopleFile}, cards: true }
proxies: [127.0.0.0/8, ::1/128]
attempts: { per_address_a_minute: 100000, free_failures: 3, openings_per_address_a_minute: 60 }
sms: { countries: [CH] }
scopes: { work: { department: { attribute: department } } }
resources:
  ${payroll}: { scopes: [payroll.read, payroll.pay] }
  ${ledger}:
    scopes: [ledger.read]
    access_token: opaque
    introspection: { client_id: ledger-api, client_secret: a secret of the ledger alone }
policies:
${Object.entries(policies)
  .map(([name, rule]) => `  ${name}: { rules: [{ name: everyone, then: ${rule} }] }`)
  .join('\n')}
  barred: ${staffed('deny')}
  lowered: ${staffed('{ primary: [password] }')}
clients:
${Object.entries(clients(origins))
  .map(([id, more]) => `  ${id}: { redirect_uris: ['${origins.harbour}/callback'], ${more} }`)
  .join('\n')}
  bench: { client_name: Bench, redirect_uris: [/bench/callback], policy: payroll }
`

export const peopleIn = (folder: string): string => join(folder, 'people.yaml')

/** One for a file, whose clock, and the engine's, stands still where it is set; for clients that live elsewhere, if told so. */
export async function serverAt(start: number, folder: string, elsewhere?: Clients): Promise<TestServer> {
  vi.useFakeTimers({ toFake: ['Date'], now: start })
  writeFileSync(peopleIn(folder), people)
  const server = await openTestServer((clients) => configuration(elsewhere ?? clients, peopleIn(folder)))
  afterAll(async () => {
    await server.stop()
    vi.useRealTimers()
  })
  return server
}

/** Time passes for everybody. */
export const later = (ms: number): void => void vi.setSystemTime(Date.now() + ms)
