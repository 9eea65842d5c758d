import { contracts } from '#shared/factors/index.ts'
import type { Undelivered } from '../contract/delivery.ts'
import type { Factor } from '../contract/factor.ts'
import { plainCode } from '../contract/plain-code.ts'
import { isSameCode, messageText, newCode } from './code.ts'
import { numberOf, type SmsCredential } from './credential.ts'
import { smsEnrolment } from './enrolment.ts'
import { endingOf, readNumber } from './gateways/number.ts'
import type { SmsDelivery } from './sms-service.ts'

/** The state of a challenge: a sent code. Instants are epoch milliseconds. */
interface Sent {
  /** The number that the code was sent to; the code proves no other number. */
  readonly number: string
  readonly code: string
  readonly endsAt: number
  readonly sends: number
  /** The instant from which the code can be sent again; null when no further message is sent. */
  readonly resendAt: number | null
}

const codeMs = 5 * 60_000
/** The wait after each message of a challenge, in milliseconds; null after the last message. */
const waitsMs = [30_000, 60_000, null] as const

/** A single-use code sent to an enrolled number. A resend repeats the code while it is valid. */
export const sms: Factor<'sms', Sent, SmsDelivery> = {
  contract: contracts.sms,
  several: true,
  asksWhichOne: true,
  uses: 'until-right',

  async challenge({ now, hasProof: known, site, authenticators, deliver }, _demands, previous) {
    const [own] = known ? await authenticators() : []
    if (!own) return { why: { code: 'text-too-soon' } }
    const number = numberOf(own.credential)
    const at = now.getTime()
    const before = previous?.number === number ? previous : null
    const valid = before && before.endsAt > at ? before : null
    if (valid && (valid.resendAt === null || valid.resendAt > at)) return opened(valid)
    const sends = before?.sends ?? 0
    const waitMs = waitsMs[sends]
    if (waitMs === undefined) return { why: { code: 'no-more-texts' } }
    const { code, endsAt } = valid ?? { code: newCode(), endsAt: at + codeMs }
    const sent: Sent = { number, code, endsAt, sends: sends + 1, resendAt: waitMs && at + waitMs }
    const body = messageText(code, endsAt - at, site)
    return { ...opened(sent), send: async () => toldOf(await deliver({ by: 'sms', to: number, body })) }
  },

  async verify({ now, account, authenticators }, answer, { number, code, endsAt }) {
    const [own] = await authenticators()
    const right = isSameCode(code, plainCode(answer.code))
    if (endsAt <= now.getTime()) return { is: 'refused', why: { code: 'expired-code' } }
    if (!own || account === null || numberOf(own.credential) !== number || !right)
      return { is: 'refused', why: { code: 'wrong-text-code' } }
    return {
      is: 'proven',
      account,
      authenticator: own.id,
      proof: { methods: ['sms'], proves: ['has'] },
      spends: [],
    }
  },

  enrolment: smsEnrolment,

  async import(secret, _person, before) {
    const number = readNumber(secret)
    if (!number)
      return { ok: false, message: 'This is no mobile number with its country’s calling code, as +41 79 123 45 67.' }
    const same = before && numberOf(before) === number.e164
    return { ok: true, credential: same ? before : ({ number: number.e164 } satisfies SmsCredential) }
  },
}

/** The refusal to show, without `no-texts-there`, which would reveal an enrolled number's country. */
const toldOf = (unsent: Undelivered | null): Undelivered | null =>
  unsent?.why.code === 'no-texts-there' ? { ...unsent, why: { ...unsent.why, code: 'text-not-sent' } } : unsent

const opened = (sent: Sent) => ({
  prompt: {
    ending: endingOf(sent.number),
    resendAt: sent.resendAt === null ? null : new Date(sent.resendAt).toISOString(),
  },
  state: sent,
})
