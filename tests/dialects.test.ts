import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type BuiltFactor, isBuilt } from '#shared/factors/index.ts'
import type { FactorId } from '#shared/factors/table.ts'
import { nextStep } from './app.ts'
import { Browser } from './browser.ts'
import { means, passWith } from './means.ts'
import { enrolPasskey } from './passkey.ts'
import { ada } from './people/people.ts'
import { number } from './phones.ts'
import { folderForAll } from './pki.ts'
import { arrive, ask, errorIn, identify, redeem } from './sign-in.ts'
import { benchCard } from './smartcard/bench-card.ts'
import { serverForAll } from './test-server.ts'

// The two documents whose words relying parties were written from, through the front door, token for token.

const table = JSON.parse(readFileSync(new URL('policy/sta-acr-amr.json', import.meta.url), 'utf8'))
const prefix: string = table.acrPrefix
const ours: Readonly<Record<string, readonly FactorId[]>> = {
  'ldap-password': ['password'],
  kerberos: ['kerberos'],
  grid: ['grid'],
  mobilepass: ['totp'],
  etoken: ['token'],
  sms: ['sms'],
  fido: ['passkey'],
  smartcard: ['smartcard'],
  otp: ['totp', 'token', 'grid'],
}
interface Row {
  readonly acr: readonly string[]
  readonly policy: readonly (readonly string[])[]
  readonly uses: readonly string[]
  readonly amr?: readonly string[]
  readonly mayAlsoHold?: readonly string[]
  readonly unmet?: string
}

/** The mapping table, the prose, and the table of acr values: each with every authenticator that it admits. */
const rows: readonly Row[] = [
  ...table.rows,
  ...table.prose,
  ...Object.entries(table.acr as Record<string, string[]>).flatMap(([acr, admitted]) =>
    admitted.map((one) => {
      const { amr } = table.authenticators[one]
      // Nothing is sent to a phone before something was proven.
      if (one !== 'sms') return { acr: [acr], policy: [[one]], uses: [one], amr }
      const uses = ['ldap-password', one]
      return { acr: [acr], policy: [uses], uses, amr: ['pwd', 'mfa', ...amr] }
    }),
  ),
]
const known = (name: string) => (ours[name] ?? []).filter(isBuilt)
const isReady = ({ policy, uses }: Row) =>
  policy.flat().every((name) => known(name).length > 0) &&
  uses.every((name) => known(name).some((factor) => means[factor]))
const titleOf = ({ acr, policy, uses }: Row) => `${acr.join(' ')} against ${JSON.stringify(policy)} with ${uses}`

const server = await serverForAll(({ harbour }) => {
  const client = (id: string, policy: string, dialect: string) =>
    `  ${id}: { client_name: ${id}, redirect_uris: ['${harbour}/callback'], policy: ${policy}, dialect: ${dialect} }`
  const policyOf = ({ policy }: Row) => ({
    rules: [{ name: 'everyone', then: { primary: stepsOf(policy[0]), flows: policy.slice(1).map(stepsOf) } }],
  })
  const stepsOf = (steps: readonly string[] = []) => steps.map((step) => ({ oneOf: known(step) }))
  const ready = rows.map((row, at) => ({ row, at })).filter(({ row }) => isReady(row))
  return `bench: { people: people.yaml, cards: true }
attempts: { per_address_a_minute: 100000 }
sms: { countries: [CH] }
dialects:
  harbour: { words: { pwd: secret, otp: 'urn:harbour:code' }, mfa: never, order: alphabet }
policies:
  one: { rules: [{ name: everyone, then: { primary: [password] } }] }
  two: { rules: [{ name: everyone, then: { primary: [password, totp] } }] }
${ready.map(({ row, at }) => `  row${at}: ${JSON.stringify(policyOf(row))}`).join('\n')}
clients:
${client('portal-one', 'one', 'oneportal')}
${client('portal-two', 'two', 'oneportal')}
${client('entra-two', 'two', 'entra')}
${client('own-two', 'two', 'harbour')}
${ready.map(({ at }) => client(`row${at}`, `row${at}`, 'sta')).join('\n')}
`
})

const [app] = ada.apps as [(typeof ada.apps)[number]]
const token = { label: 'Blue token', secret: 'V5FUVVOIGUQTVMEE5M5LHNAMGHEBHDKB' }
const pattern = 'B1 D2 A5 E3'
const authenticators = [
  { factor: 'totp', ...app },
  { factor: 'token', label: token.label, secret: `otpauth://totp/Sallyport:ada?secret=${token.secret}` },
  { factor: 'grid', label: 'Grid', secret: pattern },
  { factor: 'sms', label: 'Phone', secret: number },
]
await server.restart(JSON.stringify([{ username: ada.username, password: ada.password, authenticators }]))
const card = await benchCard(server, folderForAll(), 'ada-good')
const carrier = { ...ada, token, pattern, passkey: await enrolPasskey(server, 'ada'), card }

async function claimsOf(client: string, uses: readonly BuiltFactor[], acr: readonly string[] = []) {
  nextStep(server)
  const asked = await ask(server, client, acr.length > 0 ? { acr_values: acr.join(' ') } : {})
  const end = await passWith(server, new Browser(), asked, carrier, uses)
  if (typeof end !== 'string') return { refused: end.at, why: end.refusal }
  const refused = errorIn(end)
  return refused ? { refused } : { claims: (await redeem(asked, end)).claims() }
}

/** What somebody is asked, and what it comes to when they choose what they have instead. */
async function offeredTo(client: string, uses: readonly BuiltFactor[], acr: readonly string[]) {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server, client, { acr_values: acr.join(' ') }))
  const named = await identify(browser, page, view, ada.username)
  const { store } = server.app.context
  const theirs = await store.authenticators.listAll((await store.people.byName(ada.username))?.id ?? '')
  const mine = theirs.filter(({ factor }) => uses.includes(factor))
  const choices = mine.flatMap(({ factor, id }) => [{ factor }, { factor, authenticator: id }])
  const chosen = await Promise.all(
    choices.map((one) => browser.post(`${page}/challenge`, { revision: named.revision, ...one })),
  )
  const asks = named.at === 'answer' && !named.canChoose ? [named.challenge.factor] : named.at
  return { asks, chosen: [...new Set(chosen.map(({ status }) => status))] }
}

describe('onePortal', () => {
  // The document shows at_hash and azp besides, and aud as a list of one. Of what comes from the token endpoint at_hash is
  // optional (OpenID Connect Core 1.0 §3.1.3.6), azp is for an audience besides the client, and a string is a list of one
  // (§2): ours are without, as for every client.
  const said = ['amr', 'auth_time', 'exp', 'iat', 'iss', 'nonce', 'sub', 'aud']

  test('the token after a password', async () => {
    const { claims } = await claimsOf('portal-one', ['password'])
    expect(claims?.amr).toEqual(['pwd'])
    expect(Object.keys(claims ?? {})).toEqual(expect.arrayContaining(said))
  })

  test('the token after a password and a code: the array as it is shown', async () => {
    const end = await claimsOf('portal-two', ['password', 'totp'])
    expect(end).toMatchObject({ claims: { amr: ['mfa', 'otp', 'pwd'] } })
    expect(Object.keys(end.claims ?? {})).toEqual(expect.arrayContaining(said))
  })
})

test('Entra: exactly one', async () => {
  expect(await claimsOf('entra-two', ['password', 'totp'])).toMatchObject({ claims: { amr: ['otp'] } })
})

test('an operator’s own, as data', async () => {
  const end = await claimsOf('own-two', ['password', 'totp'])
  expect(end).toMatchObject({ claims: { amr: ['secret', 'urn:harbour:code'] } })
})

describe('SafeNet Trusted Access', () => {
  for (const [at, row] of rows.entries()) {
    // Rows that need Kerberos: it is the one factor that is not built.
    if (!isReady(row)) {
      test.todo(titleOf(row))
      continue
    }
    test(titleOf(row), async () => {
      const acr = row.acr.map((name) => prefix + name)
      const uses = row.uses.flatMap(known)
      const others: Readonly<Record<string, BuiltFactor>> = { knowledge: 'password', inherence: 'smartcard' }
      const other = others[row.acr.join()]
      if (row.unmet && other)
        return expect(await offeredTo(`row${at}`, uses, acr)).toEqual({ asks: [other], chosen: [409] })
      const { claims, refused } = await claimsOf(`row${at}`, uses, acr)
      if (row.unmet) return expect(refused).toBe('unmet_authentication_requirements')
      const amr = (claims?.amr ?? []) as readonly string[]
      const extra = new Set(row.mayAlsoHold ?? [])
      expect(new Set(amr.filter((word) => !extra.has(word)))).toEqual(new Set(row.amr))
      expect(acr).toContain(claims?.acr)
    })
  }
})
