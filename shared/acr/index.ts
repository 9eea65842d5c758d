import type { FactorId } from '../factors/table.ts'
import { type LevelName, levels } from './levels.ts'
import { filter, type Meaning, satisfied, type Vocabulary, withinMsOf } from './meaning.ts'
import { sallyport } from './sallyport.ts'
import { staAcr } from './sta.ts'

const standard: Vocabulary = { ...levels, ...sallyport, ...staAcr }

/** Every acr value that a client can request without configuration, the levels first. */
export const acrValues = Object.keys(standard)

/** An acr value that an operator defines: evidence of one of `factors`, and `level` too where a level is named. */
export interface Defined {
  readonly factors: readonly FactorId[]
  readonly level?: LevelName | undefined
}
type Aliases = Readonly<Record<string, string>>

/** The acr values that a client can request: Sallyport's and SafeNet's, the operator's, and aliases of these. */
export function vocabularyOf(aliases: Aliases, defined: Readonly<Record<string, Defined>> = {}): Vocabulary {
  const byOperator = Object.entries(defined).map(([value, one]) => [value, meant(one)] as const)
  const known: Vocabulary = { ...Object.fromEntries(byOperator), ...standard }
  const named = Object.keys(aliases).flatMap((alias) => {
    const meaning = meaningOf(chainFrom(alias, aliases).at(-1) ?? alias, known)
    return meaning ? [[alias, meaning] as const] : []
  })
  return { ...Object.fromEntries(named), ...known }
}

/** The chain of names from an alias to a value that is no alias. A name that occurs again (a cycle) ends the chain. */
export function chainFrom(alias: string, aliases: Aliases): readonly string[] {
  const chain = [alias]
  for (let next = aliases[alias]; next !== undefined; next = Object.hasOwn(aliases, next) ? aliases[next] : undefined) {
    const isAround = chain.includes(next)
    chain.push(next)
    if (isAround) break
  }
  return chain
}

function meant({ factors, level }: Defined): Meaning {
  const factorFilter = filter(...factors)
  const meaning = level && levels[level]
  if (!meaning) return factorFilter
  return {
    is: 'level',
    met: (evidence, now) => satisfied(meaning, evidence, now) && satisfied(factorFilter, evidence, now),
    withinMs: withinMsOf(meaning),
  }
}

/** The meaning of an acr value; null for an unknown value. */
export const meaningOf = (value: string, vocabulary: Vocabulary): Meaning | null =>
  Object.hasOwn(vocabulary, value) ? (vocabulary[value] ?? null) : null
