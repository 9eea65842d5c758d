import type { Enrolment } from '../contract/factor.ts'
import { plainCode } from '../contract/plain-code.ts'
import { isSameCode, messageText, newCode } from './code.ts'
import type { SmsCredential } from './credential.ts'
import { endingOf, readNumber } from './gateways/number.ts'
import type { SmsDelivery } from './sms-service.ts'

interface Proving extends SmsCredential {
  readonly code: string
  readonly endsAt: number
}
/** A restarted enrolment: its code proves nothing until a number is given again, so that a few guesses cost a text. */
interface Again {
  readonly before: Proving | null
}

const codeMs = 5 * 60_000

/** Enrolment of a phone: its number, then the code that was sent there. */
export const smsEnrolment: Enrolment<'sms', SmsDelivery> = {
  async begin(_who, previous) {
    const state = previous as Proving | Again | null
    const before = state && 'before' in state ? state.before : state
    return { is: 'asked', prompt: { at: 'number' }, state: { before } satisfies Again }
  },

  async accept({ now, site, deliver }, answer, state) {
    const known = (state ?? { before: null }) as Proving | Again
    if ('number' in answer) {
      const number = readNumber(answer.number)
      if (!number) return { is: 'refused', why: { code: 'bad-number' } }
      const at = now.getTime()
      const before = 'before' in known ? known.before : known
      // The same number keeps its code, so that a text that comes late still has the right one.
      const valid = before?.number === number.e164 && before.endsAt > at ? before : null
      const proving: Proving = valid ?? { number: number.e164, code: newCode(), endsAt: at + codeMs }
      const body = messageText(proving.code, proving.endsAt - at, site)
      const unsent = await deliver({ by: 'sms', to: number.e164, body })
      if (unsent && !unsent.perhaps) return { is: 'refused', why: unsent.why }
      const prompt = { at: 'code', ending: endingOf(number.e164), late: unsent !== null } as const
      return { is: 'asked', prompt, state: proving }
    }
    if ('before' in known || !isSameCode(known.code, plainCode(answer.code)))
      return { is: 'refused', why: { code: 'wrong-text-code' } }
    const { number, endsAt } = known
    if (endsAt <= now.getTime()) return { is: 'refused', why: { code: 'expired-code' } }
    return { is: 'made', label: `Number ending ${endingOf(number)}`, credential: { number } satisfies SmsCredential }
  },
}
