import type { Enrolment } from '../factor.ts'
import { plainCode } from '../plain-code.ts'
import { isSame, newCode, textOf } from './code.ts'
import type { Kept } from './kept.ts'
import { endingOf, readNumber } from './number.ts'

interface Proving extends Kept {
  readonly code: string
  readonly endsAt: number
}

const codeMs = 5 * 60_000

/** A number, and then the code that was sent to it. */
export const enrolment: Enrolment<'sms'> = {
  async begin() {
    return { is: 'asked', prompt: { at: 'number' }, kept: null }
  },

  async accept({ now, site, text }, answer, kept) {
    if ('number' in answer) {
      const number = readNumber(answer.number)
      if (!number) return { is: 'refused', why: { code: 'bad-number' } }
      const code = newCode()
      const unsent = await text(number.e164, textOf(code, codeMs, site.issuer))
      if (unsent && !unsent.perhaps) return { is: 'refused', why: unsent.why }
      const proving: Proving = { number: number.e164, code, endsAt: now.getTime() + codeMs }
      return { is: 'asked', prompt: { at: 'code', ending: endingOf(number.e164) }, kept: proving }
    }
    const proving = kept as Proving | null
    if (!proving || !isSame(proving.code, plainCode(answer.code)))
      return { is: 'refused', why: { code: 'wrong-text-code' } }
    const { number, endsAt } = proving
    if (endsAt <= now.getTime()) return { is: 'refused', why: { code: 'expired-code' } }
    return { is: 'made', label: `Number ending ${endingOf(number)}`, kept: { number } satisfies Kept }
  },
}
