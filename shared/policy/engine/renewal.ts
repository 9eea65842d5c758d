import type { Evidence } from '../../evidence.ts'
import { type FactorId, traitsOf } from '../../factors/table.ts'
import type { Rule } from '../rules/policy.ts'
import type { Facts } from './facts.ts'

/**
 * What rules have somebody add who used a code for the day the rest is lost in this sign-in: one of the possessions that
 * they name. Nothing where no rule asks for it, or once it is there.
 */
export function renewalOf(rules: readonly Rule[], facts: Facts, evidence: readonly Evidence[]): readonly FactorId[] {
  const recovered = evidence.find(({ factor, current }) => current && traitsOf(factor).lastResort)
  return recovered && !isRenewed(recovered, facts) ? renewedBy(rules) : []
}

/**
 * Whether such a code that was used in an earlier sign-in counts for nothing under these rules: something new is for whoever
 * proves themselves now (NIST SP 800-63B-4 §4.1.2.1), so it cannot be asked for after it.
 */
export function isUnrenewed(one: Evidence, rules: readonly Rule[], facts: Pick<Facts, 'enrolled'>): boolean {
  return !one.current && traitsOf(one.factor).lastResort && renewedBy(rules).length > 0 && !isRenewed(one, facts)
}

const isRenewed = ({ at }: Evidence, { enrolled }: Pick<Facts, 'enrolled'>): boolean =>
  enrolled?.some(({ factor, boundAt }) => isPossession(factor) && (boundAt ?? 0) >= at) ?? false

/** What would be asked for, had somebody used such a code. */
export function renewedBy(rules: readonly Rule[]): readonly FactorId[] {
  const renewing = rules.filter(({ renew }) => renew)
  const named = renewing.flatMap(({ flows }) => flows.flat(2)).map(({ factor }) => factor)
  return [...new Set(named)].filter(isPossession)
}

const isPossession = (factor: FactorId) =>
  !traitsOf(factor).lastResort && traitsOf(factor).potential.every(({ proves }) => proves.includes('has'))
