import fc from 'fast-check'
import { acrValues } from '#shared/acr/index.ts'
import type { Dialect } from '#shared/amr/dialect.ts'
import { dialects } from '#shared/amr/index.ts'
import { rfc8176 } from '#shared/amr/rfc8176.ts'
import type { AuthorizationRequest } from '#shared/authorization-request.ts'
import type { Evidence } from '#shared/evidence.ts'
import { allFactors, type FactorId, traitsOf } from '#shared/factors/table.ts'
import { authenticatorAge } from '#shared/policy/rules/authenticator-age.ts'
import type { Condition } from '#shared/policy/rules/condition.ts'
import { networks } from '#shared/policy/rules/networks.ts'
import type { Choice, EnrolRule, Flow, Rule } from '#shared/policy/rules/policy.ts'
import { days, times } from '#shared/policy/rules/times.ts'
import { proof, rule, termsFor } from './fixtures.ts'

// Any policy, any request, any facts, over all nine factors.

const minuteMs = 60_000
const factor = fc.constantFrom(...allFactors)
const choice: fc.Arbitrary<Choice> = fc
  .record({ factor, uv: fc.constantFrom('required', 'preferred', undefined) })
  .map(({ factor, uv }) => (traitsOf(factor).takesUv && uv ? { factor, uv } : { factor }))
const step = fc.uniqueArray(choice, { minLength: 1, maxLength: 3, selector: (one) => one.factor })
export const flow: fc.Arbitrary<Flow> = fc.array(step, { minLength: 1, maxLength: 3 })

const some = <T>(...all: readonly T[]) => fc.subarray([...all], { minLength: 1 })
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ is: fc.constantFrom('groups', 'clients'), oneOf: some('a', 'b', 'c') }),
  fc.constant<Condition>({ is: 'browser', oneOf: ['known'] }),
  some('192.0.2.0/24', '192.0.2.128/25', '2001:db8::/32').map((all) => networks(...all)),
  fc
    .tuple(
      fc.constantFrom('UTC', 'America/New_York', 'Asia/Kolkata', 'Europe/Berlin', 'Australia/Sydney'),
      fc.subarray([...days]),
      fc.subarray(['08:00-18:00', '22:00-06:00']),
    )
    .map(([zone, on, hours]) => times(zone, on, hours)),
  fc
    .tuple(
      some<FactorId>('password', 'totp', 'passkey'),
      fc.constantFrom('older', 'younger'),
      fc.constantFrom(1000, 500_000),
    )
    .map(([factors, age, thanMs]) => authenticatorAge(factors, age, thanMs)),
)
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'condition' },
    leaf,
    fc.record({ is: fc.constantFrom('all', 'any'), of: fc.array(tie('condition'), { maxLength: 2 }) }),
    fc.record({ is: fc.constant('not'), of: tie('condition') }),
  ),
}))
const enrol = fc.constantFrom<EnrolRule>('never', 'never', 'inline', { graceMs: 10 * minuteMs })
const spans = fc.constantFrom({}, {}, { password: 2 * minuteMs }, { totp: minuteMs, kerberos: minuteMs })
const someRule: fc.Arbitrary<Omit<Rule, 'name'>> = fc.record({
  when: fc.option(condition),
  flows: fc.oneof(
    { weight: 5, arbitrary: fc.array(flow, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constant([[]]) },
  ),
  enrol,
  fresh: spans,
  renew: fc.boolean(),
})

/** A flow that asks for no factor twice. */
const distinct = (flow: Flow): Flow =>
  flow
    .map((step, at) =>
      step.filter(
        ({ factor }) =>
          !flow
            .slice(0, at)
            .flat()
            .some((one) => one.factor === factor),
      ),
    )
    .filter((step) => step.length > 0)

const termsOf = (rules: fc.Arbitrary<readonly Omit<Rule, 'name'>[]>, dialect: fc.Arbitrary<Dialect>) =>
  fc
    .record({
      rules,
      reuse: spans,
      strict: fc.boolean(),
      requiresAmr: fc.boolean(),
      dialect,
    })
    .map(({ rules, reuse, ...more }) => {
      const { policy, ...rest } = termsFor(
        rules.map((one, at) => rule(one.flows, { ...one, name: `r${at}` })),
        more,
      )
      return { ...rest, policy: { ...policy, reuse } }
    })
const someRules = fc.array(someRule, { maxLength: 4 })
export const terms = termsOf(someRules, fc.constantFrom(...Object.values(dialects)))
/** Nobody is let off or enrolled, everything can be said, and no flow asks for a factor twice. */
export const termsWithout = termsOf(
  someRules.map((all) => all.map((one) => ({ ...one, flows: one.flows.map(distinct), enrol: 'never' as const }))),
  fc.constant(rfc8176),
)

const acr = fc.constantFrom(...acrValues, 'urn:alias', 'urn:nobody:knows', '__proto__', 'constructor')
export const asks: fc.Arbitrary<AuthorizationRequest> = fc.record({
  silent: fc.constant(false),
  loginHint: fc.constant(null),
  client: fc.constantFrom('a', 'b'),
  acrValues: fc.array(acr, { maxLength: 3 }),
  essentialAcr: fc.option(fc.array(acr, { minLength: 1, maxLength: 2 }), { freq: 2 }),
  maxAgeSeconds: fc.option(fc.nat(200), { freq: 1 }),
  fresh: fc.boolean(),
  subject: fc.constantFrom('ada', 'eve', null, null, null, null),
})

/** Asks in one way alone. */
export const askedOnce = asks.map((ask) => (ask.essentialAcr ? { ...ask, acrValues: [] } : ask))

const evidence: fc.Arbitrary<readonly Evidence[]> = fc.array(
  fc
    .record({
      factor,
      which: fc.nat(),
      account: fc.constantFrom('ada', 'ada', 'ada', 'eve'),
      copy: fc.constantFrom(1, 2),
      // Also just as old as something is good for.
      at: fc.oneof(fc.integer({ min: 700_000, max: 1_000_000 }), fc.constantFrom(880_000, 940_000)),
      current: fc.boolean(),
    })
    .map(({ which, copy, ...more }) => {
      const { potential } = traitsOf(more.factor)
      const authenticator = `${more.factor} ${copy}`
      return proof({ ...more, ...potential[which % potential.length], authenticator, id: JSON.stringify(more) })
    }),
  { maxLength: 5 },
)
export const authenticators = fc
  .uniqueArray(
    fc.record({
      factor,
      copy: fc.constantFrom(1, 2),
      boundAt: fc.constantFrom(0, 500_000, 600_000, 999_000, 999_500, null),
      disabled: fc.boolean(),
    }),
    {
      maxLength: 8,
      selector: ({ factor, copy }) => `${factor} ${copy}`,
    },
  )
  .map((all) => all.map(({ copy, ...one }) => ({ ...one, id: `${one.factor} ${copy}` })))

export const someFacts = fc
  .record({
    account: fc.constantFrom('ada', 'ada', 'ada', null),
    groups: fc.option(fc.subarray(['a', 'b', 'c']), { freq: 4 }),
    enrolled: fc.option(authenticators, { freq: 2 }),
    browser: fc.constantFrom('known', 'new', null),
    address: fc.constantFrom('192.0.2.1', '192.0.2.200', '198.51.100.1', '2001:db8::1', null),
    since: fc.option(fc.integer({ min: 0, max: 1_000_000 })),
    evidence,
  })
  .map(({ account, since, ...more }) => ({
    ...more,
    named: account !== null,
    account,
    appliedSince: (since === null ? {} : { r0: since, r1: since }) as Readonly<Record<string, number>>,
    now: 1_000_000,
  }))

/** How often a property is tried: a sample in the plain suite. */
export const runs = (sample: number) => ({ numRuns: process.env.SALLYPORT_EXHAUSTIVE ? 50 * sample : sample })
