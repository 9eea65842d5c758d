import type { Evidence } from '../evidence.ts'
import { type FactorId, traitsOf } from '../factors/table.ts'
import type { Facts } from './facts.ts'
import type { Rule } from './policy.ts'

/**
 * What rules have somebody add who used a code for the day the rest is lost in this sign-in: one of the possessions that
 * they name. Nothing where no rule asks for it, or once it is there.
 */
export function renewalOf(
  rules: readonly Rule[],
  { enrolled }: Facts,
  evidence: readonly Evidence[],
): readonly FactorId[] {
  const recovered = evidence.find(({ factor, current }) => current && traitsOf(factor).lastResort)
  if (!recovered || enrolled?.some((one) => isPossession(one.factor) && (one.boundAt ?? 0) >= recovered.at)) return []
  return renewedBy(rules)
}

/** What would be asked for, had somebody used such a code. */
export function renewedBy(rules: readonly Rule[]): readonly FactorId[] {
  const renewing = rules.filter(({ renew }) => renew)
  const named = renewing.flatMap(({ flows }) => flows.flat(2)).map(({ factor }) => factor)
  return [...new Set(named)].filter(isPossession)
}

const isPossession = (factor: FactorId) =>
  !traitsOf(factor).lastResort && traitsOf(factor).potential.every(({ proves }) => proves.includes('has'))
