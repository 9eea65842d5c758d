import { policies, policyFrom } from '../../server/config/policies.ts'
import { vocabularyOf } from '../../shared/acr/index.ts'
import { rfc8176 } from '../../shared/amr/rfc8176.ts'
import { requestFrom } from '../../shared/authorization-request.ts'
import { type FactorId, traitsOf } from '../../shared/factors/table.ts'
import type { ClientRules } from '../../shared/policy/engine/client-rules.ts'
import type { Facts } from '../../shared/policy/engine/facts.ts'
import { next } from '../../shared/policy/engine/next.ts'
import { lint } from '../../shared/policy/lint/lint.ts'
import { median } from './statistics.ts'
import { ms, say, table, times } from './table.ts'

const aims = { nextMs: 0.2, lintMs: 5_000 } as const
const sizes = [10, 100, 1_000, 4_000] as const
const clients = Array.from({ length: 20 }, (_, at) => `client-${at}`)

const flows = [
  ['password', 'totp'],
  ['password', 'sms'],
  ['password', 'token'],
  ['password', 'grid'],
  ['password', 'passkey'],
  ['kerberos', 'totp'],
  ['kerberos', 'passkey'],
  ['totp', 'passkey'],
  ['passkey'],
  ['smartcard'],
] as const satisfies readonly (readonly FactorId[])[]

/** A client's policy of `count` rules, each with ten flows. */
function termsOf(count: number, whenOf: (at: number) => object): ClientRules {
  const [primary, ...more] = flows
  const then = { primary, flows: more }
  const rules = Array.from({ length: count - 1 }, (_, at) => ({ name: `rule-${at}`, when: whenOf(at), then }))
  const { p } = policies.parse({ p: { rules: [...rules, { name: 'everyone', then }] } })
  if (!p) throw new Error('There is no policy.')
  return {
    policy: policyFrom('p', p),
    vocabulary: vocabularyOf({}),
    dialect: rfc8176,
    strict: true,
    requiresAmr: false,
  }
}

/** The condition of a rule for one group at one client, different for each rule. */
const ofMany = (at: number) => ({
  groups: [`group-${at}`],
  clients: [clients[at % clients.length]],
  not: { groups: [`out-${at % 50}`] },
})
/** The condition of two groups and not a third, of sixteen: as many as the lint still tries in every combination. */
const ofFew = (at: number) => ({
  all: [at, at + (at >> 4)].map((one) => ({ groups: [`group-${one % 16}`] })),
  not: { groups: [`group-${(at * 7 + 3) % 16}`] },
})

const has = ['password', 'totp', 'passkey'] as const satisfies readonly FactorId[]
const nobody: Facts = {
  named: true,
  account: 'ada',
  groups: ['staff'],
  enrolled: has.map((factor) => ({ id: factor, factor })),
  appliedSince: {},
  address: null,
  browser: null,
  evidence: [],
  now: 1_000_000,
}
const proven = (...factors: FactorId[]): Facts['evidence'] =>
  factors.flatMap((factor) =>
    traitsOf(factor)
      .potential.slice(0, 1)
      .map((proof) => ({
        ...proof,
        id: factor,
        account: 'ada',
        factor,
        authenticator: factor,
        at: 1_000_000,
        current: true,
      })),
  )

/** The median time of the work in milliseconds, over `rounds` rounds after as many to warm up. */
function timeOf(work: () => unknown, rounds: number): number {
  const once = () => {
    const from = performance.now()
    work()
    return performance.now() - from
  }
  for (let round = 0; round < rounds; round++) once()
  return median(Array.from({ length: rounds }, once))
}

const lintMsOf = (terms: ClientRules) => {
  const parties = clients.map((id) => ({ id, clientRules: terms }))
  return timeOf(() => lint([terms.policy], parties), 1)
}

/** Measures the cost of a decision and of a lint, and their growth with the rules. */
export function benchPolicy(quick: boolean): void {
  say('\n## The policy engine\n')
  const rounds = quick ? 200 : 1_000
  const ask = requestFrom('client-3', {}, null)
  const mfa = requestFrom('client-3', { acr_values: 'urn:sallyport:acr:mfa' }, null)
  const measured = sizes.map((rules) => {
    const terms = termsOf(rules, ofMany)
    const decision = (asked: typeof ask, evidence: Facts['evidence']) =>
      timeOf(() => next(terms, asked, { ...nobody, evidence }), rounds)
    return {
      rules,
      before: decision(ask, []),
      after: decision(ask, proven('password')),
      done: decision(ask, proven('password', 'totp')),
      asked: decision(mfa, proven('password')),
      lintMs: lintMsOf(terms),
    }
  })
  const fine = (value: number) => ms(value, 3)
  table(
    ['rules, ten flows each', 'first door', 'second door', 'done', 'second door, mfa asked', 'lint'],
    [
      ...measured.map(({ rules, lintMs, ...one }) => [
        rules.toLocaleString('en'),
        ...[one.before, one.after, one.done, one.asked].map(fine),
        ms(lintMs, 0),
      ]),
      ['aim for 1,000', ...Array.from({ length: 4 }, () => `< ${ms(aims.nextMs)}`), `< ${ms(aims.lintMs, 0)}`],
    ],
  )
  const [few, many] = [measured[2], measured[3]]
  if (few && many)
    say(
      `\nFour times the rules: the first door costs ${times(many.before / few.before)}, lint ${times(many.lintMs / few.lintMs)}.`,
    )
  say(
    `Lint of 1,000 rules over 16 conditions: ${ms(lintMsOf(termsOf(1_000, ofFew)), 0)} (aim < ${ms(aims.lintMs, 0)}).`,
  )
}
