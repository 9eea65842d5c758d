import type { FactorId } from '../factors/table.ts'
import { type LevelName, levels } from './levels.ts'
import { filter, type Meaning, satisfied, type Vocabulary, withinMsOf } from './meaning.ts'
import { sallyport } from './sallyport.ts'
import { staAcr } from './sta.ts'

const standard: Vocabulary = { ...levels, ...sallyport, ...staAcr }

/** Every value that can be asked for without an operator's own, the levels first. */
export const acrValues = Object.keys(standard)

/** A value of an operator's own: one of some factors; where a level is named, that level with one of them. */
export interface Defined {
  readonly factors: readonly FactorId[]
  readonly level?: LevelName | undefined
}
type Aliases = Readonly<Record<string, string>>

/** The values that a client can ask for: ours and SafeNet's, the operator's, and other names of them. */
export function vocabularyOf(aliases: Aliases, defined: Readonly<Record<string, Defined>> = {}): Vocabulary {
  const own = Object.entries(defined).map(([value, one]) => [value, meant(one)] as const)
  const known: Vocabulary = { ...Object.fromEntries(own), ...standard }
  const named = Object.keys(aliases).flatMap((alias) => {
    const meaning = meaningOf(chainFrom(alias, aliases).at(-1) ?? alias, known)
    return meaning ? [[alias, meaning] as const] : []
  })
  return { ...Object.fromEntries(named), ...known }
}

/** An alias and what it stands for, as far as that is an alias too; one that was there already ends it. */
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
  const one = filter(...factors)
  const meaning = level && levels[level]
  if (!meaning) return one
  return {
    is: 'level',
    met: (evidence, now) => satisfied(meaning, evidence, now) && satisfied(one, evidence, now),
    withinMs: withinMsOf(meaning),
  }
}

/** What a value asks for; null when nobody knows it. */
export const meaningOf = (value: string, vocabulary: Vocabulary): Meaning | null =>
  Object.hasOwn(vocabulary, value) ? (vocabulary[value] ?? null) : null
