/** The commands that are sent or received (SMPP 3.4 §5.1.2.1). A response has the highest bit set. */
export const command = {
  genericNack: 0x8000_0000,
  submit: 0x04,
  deliver: 0x05,
  unbind: 0x06,
  bindTransceiver: 0x09,
  enquireLink: 0x15,
} as const

export interface Pdu {
  readonly command: number
  readonly status: number
  readonly sequence: number
  readonly body: Buffer
}

const answerBit = 0x8000_0000
const headerBytes = 16
/** The longest PDU, in octets: a message_payload alone may have 64 KiB (§5.3.2.32). */
const longestBytes = 128 * 1024

/** Statuses of responses (§5.1.3). */
export const status = { ok: 0x00, badMessageLength: 0x01, badCommandLength: 0x02, badCommand: 0x03 } as const

/** Optional parameters (§5.3.2). */
export const parameter = { receiptedMessageId: 0x001e, messagePayload: 0x0424, messageState: 0x0427 } as const

/** Thrown for a body that ends before its fields do; `status` is the status of the response. */
export class MalformedPdu extends Error {
  readonly status: number
  constructor(status: number) {
    super('A field has no end.')
    this.status = status
  }
}

export const isAnswer = ({ command }: Pdu): boolean => command >= answerBit
export const answerTo = (
  { command, sequence }: Pdu,
  body: Buffer = Buffer.alloc(0),
  answer: number = status.ok,
): Pdu => ({
  command: (command | answerBit) >>> 0,
  status: answer,
  sequence,
  body,
})
export const unknownCommand = ({ sequence }: Pdu): Pdu => ({
  command: command.genericNack,
  status: status.badCommand,
  sequence,
  body: Buffer.alloc(0),
})

/** A PDU: a header of four numbers, and a body (§3.2). */
export function writePdu({ command, status, sequence, body }: Pdu): Buffer {
  const header = Buffer.alloc(headerBytes)
  for (const [at, value] of [headerBytes + body.length, command, status, sequence].entries())
    header.writeUInt32BE(value, at * 4)
  return Buffer.concat([header, body])
}

/** Splits received bytes into whole PDUs and an incomplete rest. Throws when the bytes are not a PDU. */
export function readPdu(bytes: Buffer): { readonly pdus: readonly Pdu[]; readonly rest: Buffer } {
  const pdus: Pdu[] = []
  let rest = bytes
  while (rest.length >= headerBytes) {
    const length = rest.readUInt32BE(0)
    if (length < headerBytes || length > longestBytes) throw new Error('This is not SMPP.')
    if (rest.length < length) break
    const [command, status, sequence] = [rest.readUInt32BE(4), rest.readUInt32BE(8), rest.readUInt32BE(12)]
    pdus.push({ command, status, sequence, body: rest.subarray(headerBytes, length) })
    rest = rest.subarray(length)
  }
  return { pdus, rest }
}

/** A C-octet string, which ends with a zero octet (§3.1). */
export const cString = (text: string): Buffer => Buffer.concat([Buffer.from(text, 'latin1'), Buffer.alloc(1)])

/** Reads the fields of a body one after the other. All but `parameters` throw {@link MalformedPdu}. */
export function fieldsOf(body: Buffer) {
  let at = 0
  const take = (count: number, otherwise: number) => {
    if (at + count > body.length) throw new MalformedPdu(otherwise)
    at += count
    return body.subarray(at - count, at)
  }
  return {
    byte: () => take(1, status.badCommandLength).readUInt8(),
    octets: (count: number) => take(count, status.badCommandLength),
    /** The message's octets, whose count was the previous field. */
    message: (count: number) => take(count, status.badMessageLength),
    text() {
      const end = body.indexOf(0, at)
      if (end < 0) throw new MalformedPdu(status.badCommandLength)
      return take(end + 1 - at, status.badCommandLength).toString('latin1', 0, end - at)
    },
    /** The complete optional parameters (§3.2.4), each a tag, a length and a value. */
    parameters() {
      const found = new Map<number, Buffer>()
      while (at + 4 <= body.length) {
        const [tag, length] = [body.readUInt16BE(at), body.readUInt16BE(at + 2)]
        if (at + 4 + length > body.length) break
        found.set(tag, body.subarray(at + 4, at + 4 + length))
        at += 4 + length
      }
      return found
    },
  }
}
