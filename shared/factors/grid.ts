import { z } from 'zod'
import type { Contract } from './contract.ts'

export const gridSize = 5
/** Five rows of five digits. */
const rows = z.array(z.string().regex(/^\d{5}$/)).length(gridSize)

/** A pattern of cells that the person knows by heart, read off a grid of digits that is new for every try. */
export const grid = {
  id: 'grid',
  challenge: {
    prompt: z.strictObject({ rows }),
    answer: z.strictObject({ digits: z.string() }),
  },
  enrolment: {
    /** The pattern is chosen in an empty grid, and then tried once. */
    prompt: z.union([z.strictObject({ at: z.literal('choose') }), z.strictObject({ at: z.literal('try'), rows })]),
    /** Cells, numbered row by row from 0; or the digits in these cells. */
    answer: z.union([
      z.strictObject({
        pattern: z
          .array(
            z
              .int()
              .min(0)
              .max(gridSize * gridSize - 1),
          )
          .max(gridSize * gridSize),
      }),
      z.strictObject({ digits: z.string() }),
    ]),
  },
} as const satisfies Contract
