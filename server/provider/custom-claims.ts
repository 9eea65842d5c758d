import type { Config } from '../config/load.ts'
import type { Person } from '../store/store.ts'

type Claim = Config['scopes'][string][string]

function saidBy(claim: Claim, { attributes, groups }: Person): unknown {
  if ('attribute' in claim) return Object.hasOwn(attributes, claim.attribute) ? attributes[claim.attribute] : undefined
  const words = claim.groups
  if (words === 'all') return groups
  return groups.flatMap((group) => (Object.hasOwn(words, group) ? [words[group]] : []))
}

/** The claims of the operator's own scopes about a person, without those whose attribute the person lacks. */
export const customClaims = ({ scopes }: Pick<Config, 'scopes'>, person: Person): Record<string, unknown> =>
  Object.fromEntries(
    Object.values(scopes)
      .flatMap((claims) => Object.entries(claims))
      .map(([name, claim]) => [name, saidBy(claim, person)] as const)
      .filter(([, value]) => value !== undefined),
  )
