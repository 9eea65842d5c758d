import { levels } from './levels.ts'
import type { Meaning, Vocabulary } from './meaning.ts'
import { sallyport } from './sallyport.ts'
import { sta } from './sta.ts'

const standard: Vocabulary = { ...levels, ...sallyport, ...sta }

/** Every value that can be asked for, the levels first. */
export const acrValues = Object.keys(standard)

/** The values that a client can ask for: ours and SafeNet's, and the operator's aliases of them. */
export function vocabularyOf(aliases: Readonly<Record<string, string>>): Vocabulary {
  const named = Object.entries(aliases).flatMap(([alias, name]) => {
    const meaning = meaningOf(name, standard)
    return meaning ? [[alias, meaning] as const] : []
  })
  return { ...standard, ...Object.fromEntries(named) }
}

/** What a value asks for; null when nobody knows it. */
export const meaningOf = (value: string, vocabulary: Vocabulary): Meaning | null =>
  Object.hasOwn(vocabulary, value) ? (vocabulary[value] ?? null) : null
