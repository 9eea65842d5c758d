import { z } from 'zod'
import { mfaRules, orders } from '#shared/amr/dialect.ts'
import { methods } from '#shared/factors/methods.ts'
import { allFactors, type FactorId } from '#shared/factors/table.ts'
import { name } from '../settings/name.ts'
import { word } from '../settings/scope-word.ts'

const words = z.array(word)

/** The operator's own dialects, as they stand in the file: how one kind of relying party wants `amr` spelt. */
export const dialectSettings = z
  .record(
    name,
    z.strictObject({
      words: z.partialRecord(z.enum(methods), word).describe('What each method is called; no word leaves it out'),
      factors: z
        .partialRecord(z.enum(allFactors as [FactorId, ...FactorId[]]), words)
        .default({})
        .describe('Factors that are spelt as a whole'),
      mfa: z.enum(mfaRules).default('two-kinds').describe('When mfa is added'),
      mca: z.boolean().default(false).describe('Whether mca is added where a text message was one of two channels'),
      order: z.enum(orders).default('proven'),
      one: words.min(1).optional().describe('Only the first of these that can be said is said'),
    }),
  )
  .default({})
