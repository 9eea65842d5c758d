import { z } from 'zod'
import { builtFactors } from '#shared/factors/index.ts'
import { findingLevels } from '#shared/policy/analysis/finding.ts'
import type { Cell, Change } from '#shared/policy/tools/matrix.ts'
import type { Outcome } from '#shared/policy/tools/simulate.ts'
import { type RefusalCode, refusals } from '#shared/refusal.ts'
import type { AuthenticatorState } from '../attempts/authenticator-state.ts'
import type { PlacedFinding } from '../config/checked-config.ts'
import type { Played } from '../policy-tools/cases.ts'
import { factor } from '../policy-tools/people.ts'
import type { Session } from '../provider/sessions.ts'

// Schemas of the answers: for the description that is published, and held to the types of the engine.

const factors = z.array(factor)
const words = z.array(z.string())
export const refusal = z.enum(Object.keys(refusals) as [RefusalCode, ...RefusalCode[]])

/** Problem details (RFC 9457), with what they may say beside its own members. */
export const problem = z.looseObject({
  type: z.url().describe('The page that explains the code'),
  title: z.string().describe('The same sentence whenever the code is the same'),
  status: z.int(),
  code: refusal,
  detail: z.string().optional().describe('What is wrong with this request'),
  reference: z.string().optional().describe('Where it is in the log'),
})

export const found = z.strictObject({
  code: z.string(),
  level: z.enum(findingLevels),
  sentence: z.string(),
  fix: z.string(),
  file: z.string(),
  line: z.int(),
  column: z.int(),
})
found satisfies z.ZodType<Omit<PlacedFinding, 'code'>>

const doors = factors.describe('The factors that are asked for, in order')
export const outcome: z.ZodType<Outcome> = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('done'), doors, acr: z.string(), amr: words, owed: factors }),
  z.strictObject({ is: z.literal('enrol'), doors, factors }),
  z.strictObject({ is: z.literal('refuse'), doors, why: refusal, missing: factors }),
])

const where = { person: z.string(), client: z.string(), acrValues: words, from: z.string().nullable() }
export const cell: z.ZodType<Cell> = z.strictObject({ ...where, outcome })
export const change: z.ZodType<Change> = z.strictObject({
  ...where,
  before: outcome.nullable(),
  after: outcome.nullable(),
})

const miss = z.strictObject({
  of: z.enum(['doors', 'enrols', 'amr', 'acr', 'refused']),
  expected: z.string(),
  got: z.string(),
})
export const playedCase: z.ZodType<Played> = z.union([
  z.strictObject({ outcome, misses: z.array(miss) }),
  z.strictObject({ fault: z.string().describe('Why it cannot be played') }),
])

export const authenticatorState: z.ZodType<AuthenticatorState> = z.strictObject({
  id: z.string(),
  factor: z.enum(builtFactors),
  label: z.string(),
  failures: z.int().describe('Consecutive wrong answers before anything else was proven'),
  failuresAfterProof: z.int().describe('The same after something else was proven'),
  shut: z
    .strictObject({ strangers: z.boolean(), afterProof: z.boolean() })
    .describe('Whether browsers that the person has not signed in with are shut out, before and after another proof'),
  strangersWaitUntil: z.string().nullable(),
})

export const session: z.ZodType<Session> = z.strictObject({
  id: z.string(),
  endsAt: z.string(),
  clients: words.describe('The relying parties that were answered in it'),
  factors,
})
