import { constants, crc32, deflateRawSync } from 'node:zlib'

/** A text that every page contains, compressed once. */
export interface Piece {
  readonly text: string
  readonly bytes: Buffer
  readonly deflated: Buffer
}

export function pieceOf(text: string): Piece {
  const bytes = Buffer.from(text)
  // A full flush ends the block on a whole byte without ending the stream: other blocks go before and after it.
  const deflated = deflateRawSync(bytes, { level: 9, finishFlush: constants.Z_FULL_FLUSH })
  return { text, bytes, deflated }
}

const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])
const last = Buffer.from([1, 0, 0, 0xff, 0xff])
const longest = 0xffff

/**
 * A text as one member of gzip (RFC 1952) in which only the piece is compressed. A person's own data is stored
 * uncompressed (RFC 1951 §3.2.4): the length then reveals nothing about it (BREACH), and storing costs no time.
 */
export function gzipped(text: string, piece: Piece): Buffer<ArrayBuffer> {
  const at = text.indexOf(piece.text)
  const cut = at < 0 ? text.length : at
  const before = Buffer.from(text.slice(0, cut))
  const after = Buffer.from(text.slice(cut + piece.text.length))
  const pieces = at < 0 ? [] : [piece]
  const plain = [before, ...pieces.map(({ bytes }) => bytes), after]
  const end = Buffer.alloc(8)
  end.writeUInt32LE(plain.reduce((sum, bytes) => crc32(bytes, sum), 0))
  end.writeUInt32LE(
    plain.reduce((length, bytes) => length + bytes.length, 0),
    4,
  )
  return Buffer.concat([header, ...stored(before), ...pieces.map((one) => one.deflated), ...stored(after), last, end])
}

function stored(bytes: Buffer): Buffer[] {
  const blocks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += longest) {
    const block = bytes.subarray(at, at + longest)
    const head = Buffer.alloc(5)
    head.writeUInt16LE(block.length, 1)
    head.writeUInt16LE(block.length ^ longest, 3)
    blocks.push(head, block)
  }
  return blocks
}
