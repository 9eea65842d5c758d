import type { TextMessage } from '../sender.ts'
import { encoded } from './alphabet.ts'
import { cString, parameter } from './pdu.ts'

export interface Login {
  readonly systemId: string
  readonly password: string
  readonly systemType: string
}

const version = 0x34
/** Types of number and numbering plans (§5.2.5, §5.2.6). */
const international = [1, 1]
const national = [0, 1]
const alphanumeric = [5, 0]
/** A validity of five minutes (§7.1.1, relative): a code that arrives later is of no use. */
const validity = '000000000500000R'
const receiptPlease = 1

export const bindRequest = ({ systemId, password, systemType }: Login): Buffer =>
  Buffer.concat([cString(systemId), cString(password), cString(systemType), Buffer.from([version, 0, 0]), cString('')])

/** A submit_sm (§4.4.1). A text longer than one part goes whole into a parameter, and the SMSC splits it. */
export function submission({ to, body }: TextMessage, from: string): Buffer {
  const { coding, octets, isLong } = encoded(body)
  const length = Buffer.alloc(4)
  length.writeUInt16BE(parameter.messagePayload, 0)
  length.writeUInt16BE(octets.length, 2)
  return Buffer.concat([
    cString(''),
    addressOf(from),
    addressOf(to),
    Buffer.from([0, 0, 0]),
    cString(''),
    cString(validity),
    Buffer.from([receiptPlease, 0, coding, 0, isLong ? 0 : octets.length]),
    isLong ? length : Buffer.alloc(0),
    octets,
  ])
}

function addressOf(number: string): Buffer {
  const kind = /^\+\d+$/.test(number) ? international : /^\d+$/.test(number) ? national : alphanumeric
  return Buffer.concat([Buffer.from(kind), cString(number.replace(/^\+/, ''))])
}

/** The message_id of a submit_sm_resp (§4.4.2), which a receipt names. */
export const messageIdIn = (body: Buffer): string => body.toString('latin1').replace(/\0.*$/s, '')
