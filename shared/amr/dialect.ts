import type { Evidence } from '../evidence.ts'
import type { Kind } from '../factors/contract.ts'
import type { Method } from './methods.ts'

/** How one relying party wants `amr` spelt. Data, so that a dialect can be written without code. */
export interface Dialect {
  /** What each method of the evidence is called; no word means that it is left out. */
  readonly words: Readonly<Partial<Record<Method, string>>>
  /** When `mfa` is added: once two different kinds (knows, has, is) are proven, or never. */
  readonly mfa: 'two-kinds' | 'never'
}

export const kindsIn = (evidence: readonly Evidence[]): ReadonlySet<Kind> =>
  new Set(evidence.flatMap((one) => one.proves))

/** Evidence to `amr` values: each word once, in the order in which it was proven, `mfa` last (RFC 8176 §2). */
export function wordsFor(dialect: Dialect, evidence: readonly Evidence[]): readonly string[] {
  const said = [...evidence].sort((a, b) => a.at - b.at).flatMap((one) => one.methods.map((m) => dialect.words[m]))
  const words = new Set(said.filter((word) => word !== undefined))
  if (dialect.mfa === 'two-kinds' && kindsIn(evidence).size > 1) words.add('mfa')
  return [...words]
}
