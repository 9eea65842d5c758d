import { levels } from './levels.ts'
import type { Meaning } from './meaning.ts'
import { sallyport } from './sallyport.ts'
import { sta } from './sta.ts'

const known: Readonly<Record<string, Meaning>> = { ...levels, ...sallyport, ...sta }

/** Every value that can be asked for, the levels first. */
export const acrValues = Object.keys(known)

/** What a value asks for, after the operator's aliases; null when nobody knows it. Compared to the letter. */
export function meaningOf(value: string, aliases: Readonly<Record<string, string>>): Meaning | null {
  const name = Object.hasOwn(aliases, value) ? (aliases[value] ?? value) : value
  return Object.hasOwn(known, name) ? (known[name] ?? null) : null
}
