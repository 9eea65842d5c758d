import { readBytes } from '../factors/otpauth.ts'
import { unused } from '../factors/token/device.ts'
import { isSerial, type Seed, type SeedFault, type Seeds } from './seed.ts'

const algorithms = new Map([
  ['', 'sha1'],
  ['sha1', 'sha1'],
  ['sha256', 'sha256'],
  ['sha512', 'sha512'],
] as const)
const columns = 'serial, secret (hex), hotp or totp, digits, period or counter, algorithm'

/** A seed file of lines: `serial, secret (hex), hotp|totp, digits, period or counter, algorithm`; # begins a comment. */
export function readCsv(text: string): Seeds {
  const lines = text.split(/\r?\n/).map((line, at) => ({ line: line.trim(), at: `line ${at + 1}` }))
  const read = lines.filter(({ line }) => line !== '' && !line.startsWith('#')).map(seedIn)
  const faults = read.flatMap((one) => ('message' in one ? [one] : []))
  if (faults.length > 0) return { ok: false, faults }
  return { ok: true, seeds: read.flatMap((one) => ('message' in one ? [] : [one])) }
}

function seedIn({ line, at }: { readonly line: string; readonly at: string }): Seed | SeedFault {
  const fields = line.split(',').map((field) => field.trim())
  const [serial = '', hex = '', type = 'hotp', digits = '6', last = '', named = ''] = fields
  const no = (message: string): SeedFault => ({ at, message })
  const algorithm = algorithms.get(named.toLowerCase().replace('-', '') as 'sha1')
  if (fields.length > 6) return no(`A line has ${columns}.`)
  if (!isSerial(serial)) return no('A serial number has letters, digits and . _ : -')
  if (!/^([0-9a-f]{2})+$/i.test(hex)) return no('A secret is written in hexadecimal digits.')
  if (!algorithm) return no('The algorithm is SHA1, SHA256 or SHA512.')
  if (digits !== '6' && digits !== '8') return no('Codes have 6 or 8 digits.')
  const secret = readBytes(Buffer.from(hex, 'hex'))
  if (!secret.ok) return no(secret.message)
  const common = { secret: secret.secret, algorithm, digits: digits === '6' ? 6 : 8 } as const
  if (/^hotp$/i.test(type))
    return /^\d{0,9}$/.test(last)
      ? { serial, device: unused({ ...common, moves: { by: 'event' } }, Number(last)) }
      : no('A counter is a whole number.')
  if (!/^totp$/i.test(type)) return no('A token is hotp or totp.')
  return ['', '30', '60'].includes(last)
    ? { serial, device: unused({ ...common, moves: { by: 'time', periodSeconds: last === '60' ? 60 : 30 } }) }
    : no('The period is 30 or 60 seconds.')
}
