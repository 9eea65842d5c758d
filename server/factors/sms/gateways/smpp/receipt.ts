import { fieldsOf, parameter } from './pdu.ts'

/** What a deliver_sm says about a text of ours. */
export interface Receipt {
  /** What the SMSC called the text when it took it; null where it does not say. */
  readonly message: string | null
  /** In the SMSC's spelling, or the name of its number (SMPP 3.4 §5.2.28); null where it does not say. */
  readonly state: string | null
  readonly outcome: DeliveryState
}
export type DeliveryState = 'arrived' | 'under way' | 'lost' | 'unknown'

/** esm_class, bits 5 to 2 (§5.2.12): a delivery receipt, and a notification before there is one. */
const kindOfMessage = 0x3c
const receiptKinds: readonly number[] = [0x04, 0x20]
const ucs2 = 8

/** A message's state by its number (§5.2.28; the first and the last of SMPP 5.0 §4.7.15). */
const states = [
  ...['SCHEDULED', 'ENROUTE', 'DELIVERED', 'EXPIRED', 'DELETED', 'UNDELIVERABLE', 'ACCEPTED', 'UNKNOWN', 'REJECTED'],
  'SKIPPED',
]
/** These names, those of appendix B, and others that are met with. */
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
 * Reads a deliver_sm (§4.6.1); null when it is somebody's own text. What its parameters say goes before what its text says.
 * Throws {@link Unreadable} when the body ends before its fields do.
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

// Appendix B. An empty field is not what follows it.
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
  // When it is to be delivered, and until when.
  for (let time = 0; time < 2; time++) fields.text()
  fields.octets(2)
  const coding = fields.byte()
  fields.octets(1)
  const short = fields.message(fields.byte())
  const parameters = fields.parameters()
  const octets = short.length > 0 ? short : (parameters.get(parameter.messagePayload) ?? short)
  return { kind, coding, octets, parameters }
}

/** A receipt's text, up to what it repeats of ours. Some say the coding of what they receipt, and not their own. */
function textIn(octets: Buffer, coding: number): string {
  const single = octets.toString('latin1')
  const wide = Buffer.from(octets.subarray(0, octets.length & ~1))
    .swap16()
    .toString('utf16le')
  const text = coding === ucs2 && /\b(id|stat):/i.test(wide) ? wide : single
  return text.replace(/\btext:.*$/is, '')
}
