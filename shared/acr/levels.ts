import { kindsIn } from '../amr/dialect.ts'
import type { Evidence } from '../evidence.ts'

/** An acr value that is a predicate over the finished evidence. */
export type Level = (evidence: readonly Evidence[]) => boolean

/** Strongest first: when nothing was asked for, the first one that holds is reported. */
export const levels = {
  'urn:sallyport:acr:mfa': (evidence) => kindsIn(evidence).size > 1,
  'urn:sallyport:acr:aal1': (evidence) => evidence.length > 0,
} as const satisfies Record<string, Level>

export type LevelName = keyof typeof levels
export const levelNames = Object.keys(levels) as [LevelName, ...LevelName[]]

/** The strongest level that the evidence satisfies; null without any evidence. */
export const strongest = (evidence: readonly Evidence[]): LevelName | null =>
  levelNames.find((name) => levels[name](evidence)) ?? null
