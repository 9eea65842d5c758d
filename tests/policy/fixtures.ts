import { vocabularyOf } from '#shared/acr/index.ts'
import { rfc8176 } from '#shared/amr/rfc8176.ts'
import type { AuthorizationRequest } from '#shared/authorization-request.ts'
import type { Evidence } from '#shared/evidence.ts'
import { type FactorId, traitsOf } from '#shared/factors/table.ts'
import type { ClientRules } from '#shared/policy/engine/client-rules.ts'
import type { Facts } from '#shared/policy/engine/facts.ts'
import { type Choice, type Flow, plainRule, type Rule } from '#shared/policy/rules/policy.ts'

/** A request that asks for nothing in particular. */
export const ask: AuthorizationRequest = {
  client: 'c',
  acrValues: [],
  essentialAcr: null,
  maxAgeSeconds: null,
  fresh: false,
  silent: false,
  loginHint: null,
  subject: null,
}

/** Ada's password, proven. */
export const proof = (more: Partial<Evidence> = {}): Evidence => ({
  id: 'e1',
  account: 'ada',
  factor: 'password',
  authenticator: 'a1',
  methods: ['pwd'],
  proves: ['knows'],
  at: 1_000_000,
  current: false,
  ...more,
})

/** A proof of a factor by the authenticator of the same name, in the way its table lists first. */
export const proven = (factor: FactorId, more: Partial<Evidence> = {}): Evidence =>
  proof({ id: `e of ${factor}`, factor, authenticator: factor, ...traitsOf(factor).potential[0], ...more })

type Written = Choice | FactorId
/** A flow of steps: a factor, a factor with demands, or several of them. */
export const flow = (...steps: readonly (Written | readonly Written[])[]): Flow =>
  steps.map((step) => (isList(step) ? step : [step]).map((one) => (typeof one === 'string' ? { factor: one } : one)))
const isList = (step: Written | readonly Written[]): step is readonly Written[] => Array.isArray(step)

export const rule = (flows: readonly Flow[], more: Partial<Rule> = {}): Rule => ({
  ...plainRule,
  name: 'everyone',
  flows,
  ...more,
})

export const aliases = { 'urn:alias': 'urn:sallyport:acr:aal1' }
const vocabulary = vocabularyOf(aliases)
export const termsFor = (rules: readonly Rule[], more: Partial<ClientRules> = {}): ClientRules => ({
  policy: { name: 'p', rules, reuse: {} },
  vocabulary,
  strict: true,
  dialect: rfc8176,
  requiresAmr: false,
  ...more,
})
export const terms = (...flows: readonly Flow[]): ClientRules => termsFor(flows.length > 0 ? [rule(flows)] : [])

/** Ada, named, with what she has proven; what she has is not known. */
export const facts = (evidence: readonly Evidence[] = [], more: Partial<Facts> = {}): Facts => ({
  named: true,
  account: 'ada',
  groups: null,
  enrolled: null,
  appliedSince: {},
  address: null,
  browser: null,
  evidence,
  now: 1_000_000,
  ...more,
})
export const nobody: Partial<Facts> = { named: false, account: null }

/** One authenticator of each of these factors, by the factor's name. */
export const enrolled = (...factors: readonly FactorId[]) => factors.map((factor) => ({ id: factor, factor }))
