import type { Evidence } from '../evidence.ts'
import type { FactorKind } from '../factors/contract.ts'
import type { AmrMethod } from '../factors/methods.ts'
import type { FactorId } from '../factors/table.ts'

/** How one relying party wants `amr` spelt. A dialect is data, so that an operator can write one without code. */
export interface Dialect {
  /** The word for each method of the evidence. A method without a word is left out. */
  readonly words: Readonly<Partial<Record<AmrMethod, string>>>
  /** Words for a factor as a whole, in place of the words for its methods. */
  readonly factors?: Readonly<Partial<Record<FactorId, readonly string[]>>>
  /** When `mfa` is added: two different kinds (knows, has, is), two factors, a password and another one, or never. */
  readonly mfa: (typeof mfaRules)[number]
  /** Whether `mca` is added where a text message was not the only channel (RFC 8176 §2). */
  readonly mca?: boolean
  /** The order of words: as the methods were proven, with `mfa` last; or alphabetical. */
  readonly order: (typeof orders)[number]
  /** Where present, `amr` has only the first of these words that the evidence gives: Entra accepts exactly one. */
  readonly one?: readonly string[] | undefined
}

export const mfaRules = ['two-kinds', 'two-factors', 'password-and-another', 'never'] as const
export const orders = ['proven', 'alphabet'] as const

export const kindsIn = (evidence: readonly Evidence[]): ReadonlySet<FactorKind> =>
  new Set(evidence.flatMap((one) => one.proves))

/** The `amr` values of evidence in a dialect, each word once (RFC 8176 §2). */
export function wordsFor(dialect: Dialect, evidence: readonly Evidence[]): readonly string[] {
  const words = new Set([...evidence].sort((a, b) => a.at - b.at).flatMap((one) => wordsOf(dialect, one)))
  if (dialect.one) return dialect.one.filter((word) => words.has(word)).slice(0, 1)
  if (dialect.mca && isMultiChannel(evidence)) words.add('mca')
  if (words.size > 0 && isMfa(dialect, evidence)) words.add('mfa')
  return dialect.order === 'alphabet' ? [...words].sort() : [...words]
}

const wordsOf = ({ words, factors }: Dialect, { factor, methods }: Pick<Evidence, 'factor' | 'methods'>) =>
  factors?.[factor] ?? methods.flatMap((method) => words[method] ?? [])

/** Whether a dialect has a word for a proof. A proof without a word cannot alone finish a sign-in. */
export const canSay = (dialect: Dialect, one: Pick<Evidence, 'factor' | 'methods'>): boolean => {
  const words = wordsOf(dialect, one)
  return dialect.one ? dialect.one.some((word) => words.includes(word)) : words.length > 0
}

const holds = (method: AmrMethod) => (one: Evidence) => one.methods.includes(method)
const isMultiChannel = (evidence: readonly Evidence[]) => evidence.some(holds('sms')) && !evidence.every(holds('sms'))

function isMfa(dialect: Dialect, evidence: readonly Evidence[]): boolean {
  const { pwd } = dialect.words
  const isPassword = (one: Evidence) => pwd !== undefined && wordsOf(dialect, one).includes(pwd)
  switch (dialect.mfa) {
    case 'two-kinds':
      return kindsIn(evidence).size > 1
    case 'two-factors':
      return evidence.length > 1
    case 'password-and-another':
      return evidence.some(isPassword) && !evidence.every(isPassword)
    case 'never':
      return false
  }
}
