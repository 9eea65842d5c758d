import { z } from 'zod'
import type { Cell } from '#shared/policy/tools/matrix.ts'
import { type Outcome, type PolicyPerson, simulate } from '#shared/policy/tools/simulate.ts'
import { type RefusalCode, refusals } from '#shared/refusal.ts'
import type { Rulebook } from '../config/rulebook.ts'
import { OperatorError } from '../operator/operator-error.ts'
import { factor } from './people.ts'
import { askWith, partyNamed, personNamed, question, settingFor } from './question.ts'

const refusal = z.enum(Object.keys(refusals) as [RefusalCode, ...RefusalCode[]])

const expectations = {
  doors: z.array(factor).optional().describe('The factors that are asked for, in order'),
  enrols: z.array(factor).optional().describe('The factors, one of which is to be enrolled then'),
  amr: z.array(z.string()).optional(),
  acr: z.string().optional(),
  refused: refusal.optional(),
}
const looked = Object.keys(expectations) as readonly (keyof typeof expectations)[]

/** A case: a question, and the expected outcome of its sign-in. A field that is left out is not compared. */
export const policyCase = question
  .omit({ proven: true })
  .extend({ name: z.string().optional(), ...expectations })
  .refine(
    (one) => looked.some((of) => one[of] !== undefined),
    `A case expects something: ${looked.slice(0, -1).join(', ')} or ${looked.at(-1)}.`,
  )
export const policyCases = z.array(policyCase).min(1)
export type PolicyCase = z.output<typeof policyCase>

/** An expectation that the outcome of a case differs from. */
export interface Miss {
  readonly of: keyof typeof expectations
  readonly expected: string
  readonly got: string
}

/** The outcome of a case, and its misses; or why it cannot be played. */
export type Played = { readonly outcome: Outcome; readonly misses: readonly Miss[] } | { readonly fault: string }

export function playCase(book: Rulebook, people: readonly PolicyPerson[], one: PolicyCase, now: Date): Played {
  try {
    const party = partyNamed(one.client, book)
    const setting = settingFor(one, one.from ?? null, now)
    const outcome = simulate(party, askWith(party, one.asks), personNamed(one.who, people), setting)
    return { outcome, misses: missesOf(one, outcome) }
  } catch (error) {
    if (error instanceof OperatorError) return { fault: error.message }
    throw error
  }
}

function missesOf(expected: PolicyCase, outcome: Outcome): readonly Miss[] {
  const got = {
    doors: outcome.doors.join(' → ') || 'none',
    enrols: outcome.is === 'enrol' ? outcome.factors.join(' or ') : 'none',
    amr: outcome.is === 'done' ? outcome.amr.join(' ') : 'none',
    acr: outcome.is === 'done' ? outcome.acr : 'none',
    refused: outcome.is === 'refuse' ? outcome.why : 'nothing',
  }
  const wanted = {
    doors: expected.doors && (expected.doors.join(' → ') || 'none'),
    enrols: expected.enrols && (expected.enrols.join(' or ') || 'none'),
    amr: expected.amr?.join(' '),
    acr: expected.acr,
    // A case that expects a sign-in to succeed is not met by a refusal, whatever else it says.
    refused: expected.refused ?? (expected.amr || expected.acr ? 'nothing' : undefined),
  }
  return looked.flatMap((of) => {
    const want = wanted[of]
    return want === undefined || want === got[of] ? [] : [{ of, expected: want, got: got[of] }]
  })
}

/** The case that a cell passes. */
export function caseOf({ person, client, acrValues, from, outcome }: Cell): z.input<typeof policyCase> {
  const asked = acrValues.length > 0 ? { asks: { acr_values: acrValues.join(' ') } } : {}
  const common = { who: person, client, ...asked, ...(from ? { from } : {}), doors: [...outcome.doors] }
  if (outcome.is === 'done') return { ...common, amr: [...outcome.amr], acr: outcome.acr }
  return outcome.is === 'refuse' ? { ...common, refused: outcome.why } : { ...common, enrols: [...outcome.factors] }
}
