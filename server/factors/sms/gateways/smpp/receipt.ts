import { fieldsOf, parameter } from './pdu.ts'

/** A delivery receipt about a message that Sallyport sent. */
export interface Receipt {
  /** The SMSC's id of the message; null when the receipt has none. */
  readonly message: string | null
  /** The state in the SMSC's spelling, or its number's name (SMPP 3.4 §5.2.28); null when the receipt has none. */
  readonly state: string | null
  readonly outcome: DeliveryState
}
export type DeliveryState = 'arrived' | 'under way' | 'lost' | 'unknown'

/** esm_class, bits 5 to 2 (§5.2.12): a delivery receipt, and an intermediate notification. */
const kindOfMessage = 0x3c
const receiptKinds: readonly number[] = [0x04, 0x20]
const ucs2 = 8

/** The states of a message by number (§5.2.28; the first and the last of SMPP 5.0 §4.7.15). */
const states = [
  ...['SCHEDULED', 'ENROUTE', 'DELIVERED', 'EXPIRED', 'DELETED', 'UNDELIVERABLE', 'ACCEPTED', 'UNKNOWN', 'REJECTED'],
  'SKIPPED',
]
/** Outcomes by the name of a state: the names above, those of appendix B, and others that SMSCs use. */
const outcomes: Readonly<Record<string, DeliveryState>> = {
  DELIVERED: 'arrived',
  DELIVRD: 'arrived',
  ACKED: 'arrived',
  SCHEDULED: 'under way',
  ENROUTE: 'under way',
  ACCEPTED: 'under way',
  ACCEPTD: 'under way',
  EXPIRED: 'lost',
  DELETED: 'lost',
  UNDELIVERABLE: 'lost',
  UNDELIVERED: 'lost',
  UNDELIV: 'lost',
  REJECTED: 'lost',
  REJECTD: 'lost',
  SKIPPED: 'lost',
  FAILED: 'lost',
}

/**
 * Reads a deliver_sm (§4.6.1); null for a person's message, which is no receipt. Parameters take precedence over the
 * receipt's text. Throws {@link MalformedPdu} when the body ends before its fields do.
 */
export function receiptIn(body: Buffer): Receipt | null {
  const { kind, coding, octets, parameters } = delivered(body)
  const receipted = parameters.get(parameter.receiptedMessageId)?.toString('latin1').replace(/\0.*$/s, '')
  if (!receiptKinds.includes(kind & kindOfMessage) && !receipted) return null
  const text = textIn(octets, coding)
  const number = parameters.get(parameter.messageState)?.at(0)
  const state = number === undefined ? stateIn(text) : (states[number] ?? String(number))
  return { message: receipted || idIn(text), state, outcome: outcomes[state?.toUpperCase() ?? ''] ?? 'unknown' }
}

// The fields of appendix B. The field after an empty field is not its value.
const idIn = (text: string) => /\bid:\s*(?!sub:)(\S+)/i.exec(text)?.[1] ?? null
const stateIn = (text: string) => /\bstat:\s*(?!err:)(\w{1,20})/i.exec(text)?.[1] ?? null

function delivered(body: Buffer) {
  const fields = fieldsOf(body)
  fields.text()
  for (let address = 0; address < 2; address++) {
    fields.octets(2)
    fields.text()
  }
  const kind = fields.byte()
  fields.octets(2)
  // The schedule and the validity period.
  for (let time = 0; time < 2; time++) fields.text()
  fields.octets(2)
  const coding = fields.byte()
  fields.octets(1)
  const short = fields.message(fields.byte())
  const parameters = fields.parameters()
  const octets = short.length > 0 ? short : (parameters.get(parameter.messagePayload) ?? short)
  return { kind, coding, octets, parameters }
}

/** A receipt's text without the repeated message. Some SMSCs give the original message's coding for the receipt. */
function textIn(octets: Buffer, coding: number): string {
  const single = octets.toString('latin1')
  const wide = Buffer.from(octets.subarray(0, octets.length & ~1))
    .swap16()
    .toString('utf16le')
  const text = coding === ucs2 && /\b(id|stat):/i.test(wide) ? wide : single
  return text.replace(/\btext:.*$/is, '')
}
