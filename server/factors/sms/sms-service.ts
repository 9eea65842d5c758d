import type { Logger } from 'pino'
import { aDay, charge, giveBack } from '../../attempts/throttle.ts'
import type { Store } from '../../store/store.ts'
import type { Channel, Delivery } from '../contract/delivery.ts'
import { openHttp } from './gateways/http.ts'
import { endingOf, readNumber } from './gateways/number.ts'
import { type Outbox, openOutbox } from './gateways/outbox.ts'
import type { TextMessage } from './gateways/sender.ts'
import { openSmpp } from './gateways/smpp/sender.ts'
import type { Texting } from './texting.ts'

export interface SmsDelivery extends Delivery, TextMessage {
  readonly by: 'sms'
}

/** The only code that sends text messages: through the operator's gateway, to allowed countries, a few a day. */
export interface SmsService extends Channel<SmsDelivery> {
  /** The demo's outbox; null when text messages go to phones. */
  readonly outbox: Outbox | null
}

interface Parts {
  readonly config: { readonly sms: Texting }
  readonly store: Store
  readonly log: Logger
  readonly now: () => Date
}

/** Text messages to one account in a day, for sign-ins and enrolments together. */
export const mostADay = 5

export function openSmsService({ config, store, log, now }: Parts): SmsService {
  const texting = config.sms
  const { outbox, sender } = senderOf(texting, log, now)
  return {
    outbox,
    close: () => sender.close(),
    async deliver(account, { to: number, body }) {
      const to = readNumber(number)
      const ending = to ? { ending: endingOf(to.e164) } : {}
      if (!to || !texting.countries.includes(to.country)) {
        log.warn({ account, country: to?.country }, 'a text message would go to a country that is not allowed')
        return { why: { code: 'no-texts-there', ...ending }, perhaps: false }
      }
      const budget = aDay(mostADay)
      const charged = await charge(store, budget, `texts to ${account}`, now().getTime())
      if (!charged.ok) {
        const until = new Date(charged.lockedUntil).toISOString()
        return { why: { code: 'too-many-texts', until }, perhaps: false }
      }
      // A message cannot be called back: what it cost is committed before.
      await store.committed()
      const handed = await sender.send({ to: to.e164, body })
      if (handed.is === 'sent') {
        log.debug({ account, message: handed.message }, 'a text message was taken')
        return null
      }
      log.warn({ account, outcome: handed.is, because: handed.because }, 'a text message was not sent')
      if (handed.is === 'late') return { why: { code: 'text-late' }, perhaps: true }
      await giveBack(store, budget, charged)
      return { why: { code: 'text-not-sent', ...ending }, perhaps: false }
    },
  }
}

function senderOf({ from, sender }: Texting, log: Logger, now: () => Date) {
  switch (sender.is) {
    case 'outbox': {
      const outbox = openOutbox(now)
      return { outbox, sender: outbox }
    }
    case 'http':
      return { outbox: null, sender: openHttp(sender.gateway, from) }
    case 'smpp':
      return { outbox: null, sender: openSmpp(sender.smsc, from, log) }
  }
}
