import { z } from 'zod'
import type { Explained } from '../policy-tools/explained.ts'
import { factor } from '../policy-tools/people.ts'
import { outcome, refusal } from './answers.ts'

const factors = z.array(factor)
const flow = z.array(factors).describe('Steps, and the factors that pass each')
const rules = z.array(z.string())
const doors = z.array(z.strictObject({ factors, state: z.enum(['passed', 'open', 'ahead']) }))
const next = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('identify') }),
  z.looseObject({
    is: z.literal('answer'),
    hasProof: z.boolean(),
    offers: z.array(z.looseObject({ factor, doors })),
    rules,
  }),
  z.strictObject({ is: z.literal('enrol'), because: z.enum(['missing', 'recovered']), factors, doors, rules }),
  z.looseObject({ is: z.literal('done'), acr: z.string(), doors, rules }),
  z.strictObject({ is: z.literal('refuse'), why: z.looseObject({ code: refusal }), missing: factors }),
])

const unmet = z.looseObject({ is: z.string(), truth: z.enum(['hit', 'miss', 'undecided', 'unknown']) })
const rule = z.strictObject({
  name: z.string(),
  verdict: z.enum(['hit', 'miss', 'may']),
  reached: z.boolean(),
  decides: z.boolean(),
  unmet: z.array(unmet).describe('All that stands in its way, with the values that were seen'),
})

/** The schema of everything that one decision rests on. */
export const explanation = z.strictObject({
  who: z.string(),
  client: z.string(),
  next,
  rules: z.array(rule),
  places: z.array(z.strictObject({ file: z.string(), line: z.int(), column: z.int() })),
  values: z.array(z.strictObject({ value: z.string(), known: z.boolean(), usable: z.boolean() })),
  flows: z.array(
    z.strictObject({
      rule: z.string(),
      steps: flow,
      ways: z.array(flow),
      because: z.enum(['kept', 'narrowed', 'acr', 'dialect', 'not-fresh', 'not-enrolled', 'unknown-rule']),
      missing: factors,
      by: z.array(z.string()),
      disabled: factors,
    }),
  ),
  evidence: z.array(z.strictObject({ id: z.string(), factor, discarded: z.string().nullable() })),
  shutForStrangers: factors.describe('What nobody can begin with in a browser that the person has not signed in with'),
  outcome,
})
explanation.shape.flows satisfies z.ZodType<Explained['flows']>
