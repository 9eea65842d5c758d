import { timingSafeEqual } from 'node:crypto'
import { contracts } from '#shared/factors/index.ts'
import type { Factor } from '../contract/factor.ts'
import { plainCode } from '../contract/plain-code.ts'
import { drawGrid } from './draw.ts'
import { gridEnrolment } from './enrolment.ts'
import { digitsIn, isGood, type Pattern, patternIn, writtenPattern } from './pattern.ts'

export interface GridCredential {
  readonly pattern: Pattern
}
const patternOf = (credential: unknown) => (credential as GridCredential).pattern
/** The pattern for accounts without one, so that their answers take the same time. */
const nobodys: Pattern = [0, 6, 13, 24]

/** A memorized pattern in a single-use grid. Answers are compared with the pattern's digits in the shown grid. */
export const grid: Factor<'grid', { readonly rows: readonly string[] }> = {
  contract: contracts.grid,
  several: false,
  asksWhichOne: false,
  uses: 'once',

  async challenge() {
    const rows = drawGrid()
    return { prompt: { rows }, state: { rows } }
  },

  async verify({ account, authenticators }, { digits }, { rows }) {
    const [own] = await authenticators()
    const right = same(digitsIn(rows, own ? patternOf(own.credential) : nobodys), plainCode(digits))
    if (!own || account === null || !right) return { is: 'refused', why: { code: 'wrong-digits' } }
    return {
      is: 'proven',
      account,
      authenticator: own.id,
      proof: { methods: ['otp'], proves: ['has'] },
      spends: [],
    }
  },

  enrolment: gridEnrolment,

  async import(secret, _person, before) {
    const pattern = patternIn(secret)
    if (!pattern || !isGood(pattern))
      return {
        ok: false,
        message: 'A pattern is 4 to 8 different cells, such as A1 C2 B4 E5, that are not one line, nor the corners.',
      }
    const same = before && String(patternOf(before)) === String(pattern)
    return { ok: true, credential: same ? before : ({ pattern } satisfies GridCredential) }
  },

  demonstrate: (credential) => ({ code: writtenPattern(patternOf(credential)), until: null, usedUntil: null }),
}

function same(right: string, given: string): boolean {
  const [a, b] = [Buffer.from(right), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}
