import { z } from 'zod'
import { defaultCost, faultOfCost, longestTimes } from './cost.ts'

/** The cost of new hashes, within the bounds of imported ones. */
const argon2id = z
  .strictObject({
    memory: z.int().min(7168).max(longestTimes.memory).describe('KiB of memory (RFC 9106 §3.1: m)'),
    passes: z.int().min(1).max(99).describe('Passes over the memory (t)'),
  })
  .superRefine((cost, { addIssue }) => {
    const fault = faultOfCost(cost)
    if (fault) addIssue(`A hash of m=${cost.memory},t=${cost.passes} ${fault}`)
  })

export const passwords = z
  .strictObject({ argon2id: argon2id.default(defaultCost) })
  .prefault({})
  .describe('What a new hash of a password costs; a stored hash of another cost is replaced at the next right answer')
