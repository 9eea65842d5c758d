import type { Evidence } from '../evidence.ts'
import type { FactorKind } from '../factors/contract.ts'
import type { AmrMethod } from '../factors/methods.ts'
import type { FactorId } from '../factors/table.ts'

/** How one relying party wants `amr` spelt. Data, so that a dialect can be written without code. */
export interface Dialect {
  /** What each method of the evidence is called; no word means that it is left out. */
  readonly words: Readonly<Partial<Record<AmrMethod, string>>>
  /** Factors that are spelt as a whole. */
  readonly factors?: Readonly<Partial<Record<FactorId, readonly string[]>>>
  /** When `mfa` is added: two different kinds (knows, has, is), two factors, a password and another one, or never. */
  readonly mfa: (typeof mfaRules)[number]
  /** `mca` is added where a text message was not the only channel (RFC 8176 §2). */
  readonly mca?: boolean
  /** As they were proven, `mfa` last; or by the alphabet. */
  readonly order: (typeof orders)[number]
  /** Only the first of these that can be said is said: Entra takes exactly one. */
  readonly one?: readonly string[] | undefined
}

export const mfaRules = ['two-kinds', 'two-factors', 'password-and-another', 'never'] as const
export const orders = ['proven', 'alphabet'] as const

export const kindsIn = (evidence: readonly Evidence[]): ReadonlySet<FactorKind> =>
  new Set(evidence.flatMap((one) => one.proves))

/** Evidence to `amr` values, each word once (RFC 8176 §2). */
export function wordsFor(dialect: Dialect, evidence: readonly Evidence[]): readonly string[] {
  const words = new Set([...evidence].sort((a, b) => a.at - b.at).flatMap((one) => wordsOf(dialect, one)))
  if (dialect.one) return dialect.one.filter((word) => words.has(word)).slice(0, 1)
  if (dialect.mca && isMultiChannel(evidence)) words.add('mca')
  if (words.size > 0 && isMfa(dialect, evidence)) words.add('mfa')
  return dialect.order === 'alphabet' ? [...words].sort() : [...words]
}

const wordsOf = ({ words, factors }: Dialect, { factor, methods }: Pick<Evidence, 'factor' | 'methods'>) =>
  factors?.[factor] ?? methods.flatMap((method) => words[method] ?? [])

/** Whether a dialect has a word for what was proven: what it cannot say cannot alone finish a sign-in. */
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
