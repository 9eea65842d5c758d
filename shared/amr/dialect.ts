import type { Evidence } from '../evidence.ts'
import type { Kind } from '../factors/contract.ts'
import type { FactorId } from '../factors/table.ts'
import type { Method } from './methods.ts'

/** How one relying party wants `amr` spelt. Data, so that a dialect can be written without code. */
export interface Dialect {
  /** What each method of the evidence is called; no word means that it is left out. */
  readonly words: Readonly<Partial<Record<Method, string>>>
  /** Factors that are spelt as a whole. */
  readonly factors?: Readonly<Partial<Record<FactorId, readonly string[]>>>
  /** When `mfa` is added: two different kinds (knows, has, is), two factors, or never. */
  readonly mfa: 'two-kinds' | 'two-factors' | 'never'
}

export const kindsIn = (evidence: readonly Evidence[]): ReadonlySet<Kind> =>
  new Set(evidence.flatMap((one) => one.proves))

/** Evidence to `amr` values: each word once, in the order in which it was proven, `mfa` last (RFC 8176 §2). */
export function wordsFor(dialect: Dialect, evidence: readonly Evidence[]): readonly string[] {
  const words = new Set([...evidence].sort((a, b) => a.at - b.at).flatMap((one) => wordsOf(dialect, one)))
  if (isMfa(dialect, evidence)) words.add('mfa')
  return [...words]
}

const wordsOf = ({ words, factors }: Dialect, { factor, methods }: Evidence): readonly string[] =>
  factors?.[factor] ?? methods.flatMap((method) => words[method] ?? [])

function isMfa({ mfa }: Dialect, evidence: readonly Evidence[]): boolean {
  switch (mfa) {
    case 'two-kinds':
      return kindsIn(evidence).size > 1
    case 'two-factors':
      return evidence.length > 1
    case 'never':
      return false
  }
}
