/** The commands that we say or hear (SMPP 3.4 §5.1.2.1). An answer has the highest bit. */
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
const longestBytes = 64 * 1024
const notUnderstood = 0x03

export const isAnswer = ({ command }: Pdu): boolean => command >= answerBit
export const answerTo = ({ command, sequence }: Pdu, body: Buffer = Buffer.alloc(0)): Pdu => ({
  command: (command | answerBit) >>> 0,
  status: 0,
  sequence,
  body,
})
export const notKnown = ({ sequence }: Pdu): Pdu => ({
  command: command.genericNack,
  status: notUnderstood,
  sequence,
  body: Buffer.alloc(0),
})

/** Four numbers and a body (§3.2). */
export function written({ command, status, sequence, body }: Pdu): Buffer {
  const header = Buffer.alloc(headerBytes)
  for (const [at, value] of [headerBytes + body.length, command, status, sequence].entries())
    header.writeUInt32BE(value, at * 4)
  return Buffer.concat([header, body])
}

/** The whole PDUs at the beginning of what has come, and the rest. Throws when it is none. */
export function read(bytes: Buffer): { readonly pdus: readonly Pdu[]; readonly rest: Buffer } {
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

/** A C-octet string (§3.1). */
export const cString = (text: string): Buffer => Buffer.concat([Buffer.from(text, 'latin1'), Buffer.alloc(1)])

/** Reads the fields of a body one after the other. */
export function fieldsOf(body: Buffer) {
  let at = 0
  return {
    byte: () => body.readUInt8(at++),
    text() {
      const end = body.indexOf(0, at)
      if (end < 0) throw new Error('A field has no end.')
      const text = body.toString('latin1', at, end)
      at = end + 1
      return text
    },
    rest: () => body.subarray(at),
  }
}
