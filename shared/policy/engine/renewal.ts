import type { Evidence } from '../../evidence.ts'
import { type FactorId, traitsOf } from '../../factors/table.ts'
import type { Rule } from '../rules/policy.ts'
import type { Facts } from './facts.ts'

/**
 * The factors one of which a person who used a recovery code in this sign-in must enrol: the possessions that rules
 * with `renew` name. Empty without such a rule, and once the new authenticator exists.
 */
export function renewalOf(rules: readonly Rule[], facts: Facts, evidence: readonly Evidence[]): readonly FactorId[] {
  const recovered = evidence.find(({ factor, current }) => current && traitsOf(factor).lastResort)
  return recovered && !isRenewed(recovered, facts) ? renewedBy(rules) : []
}

/**
 * Whether a recovery code of an earlier sign-in counts for nothing under these rules, because no new authenticator was
 * added: only proof of the current sign-in allows enrolment (NIST SP 800-63B-4 §4.1.2.1).
 */
export function isUnrenewed(one: Evidence, rules: readonly Rule[], facts: Pick<Facts, 'enrolled'>): boolean {
  return !one.current && traitsOf(one.factor).lastResort && renewedBy(rules).length > 0 && !isRenewed(one, facts)
}

const isRenewed = ({ at }: Evidence, { enrolled }: Pick<Facts, 'enrolled'>): boolean =>
  enrolled?.some(({ factor, boundAt }) => isPossession(factor) && (boundAt ?? 0) >= at) ?? false

/** The factors that these rules would have a person enrol after a recovery code. */
export function renewedBy(rules: readonly Rule[]): readonly FactorId[] {
  const renewing = rules.filter(({ renew }) => renew)
  const named = renewing.flatMap(({ flows }) => flows.flat(2)).map(({ factor }) => factor)
  return [...new Set(named)].filter(isPossession)
}

const isPossession = (factor: FactorId) =>
  !traitsOf(factor).lastResort && traitsOf(factor).potential.every(({ proves }) => proves.includes('has'))
