/** The default alphabet of GSM (3GPP TS 23.038 §6.2.1): a character's index is its septet. */
const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
const escaped = 0x1b
/** The septets after an escape, by character (§6.2.1.1). */
const extension: Readonly<Record<string, number>> = {
  '^': 0x14,
  '{': 0x28,
  '}': 0x29,
  '\\': 0x2f,
  '[': 0x3c,
  '~': 0x3d,
  ']': 0x3e,
  '|': 0x40,
  '€': 0x65,
}

export interface Encoded {
  /** The data coding (SMPP 3.4 §5.2.19): 0 for the SMSC's default alphabet, 8 for UCS-2. */
  readonly coding: 0 | 8
  readonly octets: Buffer
  /** Whether the text exceeds one part. */
  readonly isLong: boolean
}

const mostSeptets = 160
const mostUcs2 = 140

/** A text in septets, one in an octet, where the default alphabet has all its characters; else in big-endian UCS-2. */
export function encoded(text: string): Encoded {
  const septets = septetsOf(text)
  if (septets) return { coding: 0, octets: Buffer.from(septets), isLong: septets.length > mostSeptets }
  const octets = Buffer.from(text, 'utf16le').swap16()
  return { coding: 8, octets, isLong: octets.length > mostUcs2 }
}

function septetsOf(text: string): readonly number[] | null {
  const septets: number[] = []
  for (const sign of text) {
    const place = basic.indexOf(sign)
    const extended = extension[sign]
    if (place >= 0 && place !== escaped) septets.push(place)
    else if (extended !== undefined) septets.push(escaped, extended)
    else return null
  }
  return septets
}
