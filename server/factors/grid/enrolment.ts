import type { Enrolment } from '../contract/factor.ts'
import { plainCode } from '../contract/plain-code.ts'
import { drawGrid } from './draw.ts'
import { digitsIn, isGood, type Pattern } from './pattern.ts'

/** The chosen pattern, and the grid of its trial. */
interface Trying {
  readonly pattern: Pattern
  readonly rows: readonly string[]
}

/** Enrolment of a pattern: chosen in an empty grid, then tried in a new grid each time, so that a slip is noticed. */
export const gridEnrolment: Enrolment<'grid'> = {
  begin: async () => ({ is: 'asked', prompt: { at: 'choose' }, state: null }),

  async accept(_who, answer, state) {
    if ('pattern' in answer) return isGood(answer.pattern) ? trying(answer.pattern) : weak
    const tried = state as Trying | null
    if (!tried) return wrong
    if (digitsIn(tried.rows, tried.pattern) !== plainCode(answer.digits))
      return { ...wrong, next: trying(tried.pattern) }
    return { is: 'made', label: 'Grid', credential: { pattern: tried.pattern } }
  },
}

const wrong = { is: 'refused', why: { code: 'wrong-digits' } } as const
const weak = { is: 'refused', why: { code: 'weak-pattern' } } as const

function trying(pattern: Pattern) {
  const rows = drawGrid()
  return { is: 'asked', prompt: { at: 'try', rows }, state: { pattern, rows } satisfies Trying } as const
}
