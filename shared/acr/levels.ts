import { kindsIn } from '../amr/dialect.ts'
import type { Evidence } from '../evidence.ts'
import { traitsOf } from '../factors/table.ts'
import type { Vocabulary } from './meaning.ts'

type Met = (evidence: readonly Evidence[], now: number) => boolean

const dayMs = 24 * 3_600_000
/** Evidence without factors of last resort (recovery codes), which raise no level above the first. */
const lasting = (evidence: readonly Evidence[]) => evidence.filter(({ factor }) => !traitsOf(factor).lastResort)
const isMfa: Met = (evidence) => kindsIn(lasting(evidence)).size > 1
const isResistant = ({ factor }: Evidence) => traitsOf(factor).phishingResistant
const isHardware = ({ methods }: Evidence) => methods.includes('hwk') || methods.includes('sc')

/** Levels, the strongest first. The bare names are those of OpenID Connect EAP ACR Values 1.0. */
const predicates = {
  phrh: (evidence) => evidence.some((one) => isResistant(one) && isHardware(one)),
  phr: (evidence) => evidence.some(isResistant),
  'urn:sallyport:acr:aal2': (evidence, now) =>
    isMfa(
      evidence.filter(({ factor, at }) => traitsOf(factor).aal2 && now - at <= dayMs),
      now,
    ),
  'urn:sallyport:acr:mfa': isMfa,
  'urn:sallyport:acr:aal1': (evidence) => evidence.length > 0,
} as const satisfies Record<string, Met>

export type LevelName = keyof typeof predicates
export const levelNames = Object.keys(predicates) as [LevelName, ...LevelName[]]
/** The greatest age of evidence for a level, in milliseconds. AAL2: a day (NIST SP 800-63B-4 §2.2.3). */
const spans: Partial<Record<LevelName, number>> = { 'urn:sallyport:acr:aal2': dayMs }
export const levels: Vocabulary = Object.fromEntries(
  levelNames.map((name) => [name, { is: 'level', met: predicates[name], withinMs: spans[name] }]),
)

/** Levels reported unrequested only together with `mfa`: a passkey's touch alone is strong, and still one factor. */
const withMfaOnly: ReadonlySet<LevelName> = new Set(['phr', 'phrh'])

/** The strongest level that the evidence satisfies, for a request without acr values. Null without any evidence. */
export const strongest = (evidence: readonly Evidence[], now: number): LevelName | null =>
  levelNames.find((name) => predicates[name](evidence, now) && (!withMfaOnly.has(name) || isMfa(evidence, now))) ?? null
