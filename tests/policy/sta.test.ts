import { describe, expect, test } from 'vitest'
import { meaningOf, vocabularyOf } from '#shared/acr/index.ts'
import { wordsFor } from '#shared/amr/dialect.ts'
import { staDialect } from '#shared/amr/sta.ts'
import type { Evidence } from '#shared/evidence.ts'
import { type FactorId, traitsOf } from '#shared/factors/table.ts'
import { next } from '#shared/policy/engine/next.ts'
import { ask, facts, flow, terms } from './fixtures.ts'
import table from './sta-acr-amr.json'

// SafeNet Trusted Access's own tables: every acr value, every row of the mapping table, every case of its prose.

const vocabulary = vocabularyOf({})
const ours: Record<string, readonly FactorId[]> = {
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
const factorOf = (name: string): FactorId => ours[name]?.[0] ?? 'password'

interface Row {
  readonly acr: readonly string[]
  readonly policy: readonly (readonly string[])[]
  readonly uses: readonly string[]
  readonly amr?: readonly string[]
  readonly mayAlsoHold?: readonly string[]
  readonly unmet?: string
}

const evidenceOf = (factor: FactorId, at: number): Evidence => ({
  ...(traitsOf(factor).potential[0] ?? { methods: [], proves: [] }),
  id: `e${at}`,
  account: 'ada',
  factor,
  authenticator: factor,
  at,
  current: true,
})

/** Somebody signs in with these authenticators, in whatever order the engine asks for them. */
function signIn({ acr, policy, uses }: Row) {
  const flows = policy.map((steps) => flow(...steps.map((step) => ours[step] ?? [])))
  const acrValues = acr.map((name) => table.acrPrefix + name)
  const asked = { ...ask, acrValues }
  const evidence: Evidence[] = []
  for (;;) {
    const answer = next(terms(...flows), asked, facts(evidence, { now: 1000 }))
    if (answer.is === 'done') return { amr: wordsFor(staDialect, answer.evidence), acr: answer.acr }
    if (answer.is !== 'answer') return { refused: answer.is === 'refuse' ? answer.why.code : answer.is }
    const used = uses
      .map(factorOf)
      .find(
        (factor) =>
          answer.offers.some((offer) => offer.factor === factor) && !evidence.some((one) => one.factor === factor),
      )
    if (!used) return { refused: 'not accepted' }
    evidence.push(evidenceOf(used, evidence.length))
  }
}

describe.each([
  ['the mapping table', table.rows as Row[]],
  ['the prose', table.prose as Row[]],
])('%s', (_name, rows) => {
  test.each(
    rows.map(
      (row) =>
        [
          `${row.acr.join(' ')} against ${JSON.stringify(row.policy)} with ${row.uses.join(' ') || 'nothing'}`,
          row,
        ] as const,
    ),
  )('%s', (_title, row) => {
    const result = signIn(row)
    if (row.unmet) return expect(result.refused).toBeDefined()
    const extra = new Set(row.mayAlsoHold ?? [])
    expect(new Set(result.amr?.filter((word) => !extra.has(word)))).toEqual(new Set(row.amr))
    expect(row.acr.map((name) => table.acrPrefix + name)).toContain(result.acr)
  })
})

test('what no flow can meet is said at once, before anybody types anything', () => {
  const impossible = (table.rows as Row[]).filter(
    ({ unmet, policy, acr }) => unmet && policy.length === 1 && acr.length > 0,
  )
  expect(impossible.length).toBeGreaterThan(1)
  for (const row of impossible) expect(signIn({ ...row, uses: [] }).refused).toBe('unmet')
})

test.each(Object.entries(table.acr))('acr %s admits what the table says', (name, authenticators) => {
  const meaning = meaningOf(table.acrPrefix + name, vocabulary)
  expect(meaning?.is === 'filter' && new Set(meaning.factors)).toEqual(new Set(authenticators.map(factorOf)))
})

test('values are compared to the letter', () => {
  for (const value of [
    'urn:safenetid.com:acr:FIDO',
    'urn%3Asafenetid.com%3Aacr%3Afido',
    'fido',
    '__proto__',
    'toString',
  ])
    expect(meaningOf(value, vocabulary)).toBeNull()
})
