import { CsvError, parse } from 'csv-parse/sync'
import {
  algorithmNamed,
  bytesOfBase32,
  type ReadAccount,
  readBytes,
  type UnreadableSecret,
  unreadable,
} from '../factors/oath/otpauth.ts'
import { deviceOf } from '../factors/token/device.ts'
import { type Column, columnsIn, columnsWithout } from './csv-columns.ts'
import { isSerial, type Seed, type SeedFault, type Seeds, seedsOf } from './seed.ts'

interface Line {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}
type Fields = Readonly<Partial<Record<Column, string>>>

/**
 * Reads a CSV seed file (RFC 4180): fields are separated by commas, semicolons or tabs, and may be quoted; # begins a
 * comment. The first line may name the columns; without names they are serial, secret, hotp or totp, digits, period or
 * counter, algorithm, person.
 */
export function readCsv(text: string): Seeds {
  const lines = linesOf(text.replace(/^\uFEFF/, ''))
  if ('message' in lines) return seedsOf([lines])
  const [first] = lines
  const named = first ? columnsIn(first.record) : null
  if (named && 'message' in named) return seedsOf([{ at: `line ${first?.info.lines}`, message: named.message }])
  const columns = named?.columns ?? columnsWithout
  const devices = named ? lines.slice(1) : lines
  if (devices.length === 0) return seedsOf([{ at: 'the file', message: 'There is no device in it.' }])
  return seedsOf(devices.map((line) => seedIn(line, columns)))
}

function linesOf(text: string): readonly Line[] | SeedFault {
  const [first = ''] = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'))
  const options = {
    comment: '#',
    comment_no_infix: true,
    info: true,
    relax_column_count: true,
    trim: true,
  } as const
  const unquoted = first.replace(/"[^"]*"/g, '')
  const delimiter = ['\t', ';', ','].find((sign) => unquoted.includes(sign)) ?? ','
  try {
    const lines: unknown = parse(text, { ...options, delimiter, skip_records_with_empty_values: true })
    return lines as Line[]
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return { at: `line ${error.lines}`, message: 'A quote is not closed, or stands inside a field.' }
  }
}

function seedIn({ record, info }: Line, columns: readonly (Column | null)[]): Seed | SeedFault {
  const at = `line ${info.lines}`
  if (record.slice(columns.length).some((field) => field !== ''))
    return { at, message: `A line has at most ${columns.length} fields.` }
  const fields: Fields = Object.fromEntries(columns.map((column, place) => [column, record[place] ?? '']))
  const { serial = '', person = '' } = fields
  if (!isSerial(serial)) return { at, message: 'A serial number has letters, digits and . _ : -' }
  const account = accountIn(fields)
  return account.ok
    ? { serial, device: deviceOf(account.account), person: person || null }
    : { at, message: account.message }
}

function accountIn(fields: Fields): ReadAccount {
  const { secret: written = '', type = '', digits = '', period = '', counter = '', moving = '' } = fields
  if (!/^([ht]otp)?$/i.test(type)) return unreadable('A token is hotp or totp.')
  if (!['', '6', '8'].includes(digits)) return unreadable('Codes have 6 or 8 digits.')
  const algorithm = algorithmNamed(fields.algorithm || 'SHA1')
  if (!algorithm) return unreadable('The algorithm is SHA1, SHA256 or SHA512.')
  const secret = secretIn(written)
  if (!secret.ok) return secret
  const common = { secret: secret.secret, algorithm, digits: digits === '8' ? 8 : 6 } as const
  // A file with a column for periods, and none for types or counters, lists clocks.
  const isOfClocks = fields.period !== undefined && fields.counter === undefined
  if (type ? /^t/i.test(type) : isOfClocks || period !== '') {
    const seconds = period || moving || '30'
    if (seconds !== '30' && seconds !== '60') return unreadable('The period is 30 or 60 seconds.')
    return { ok: true, account: { ...common, moves: { by: 'time', periodSeconds: seconds === '60' ? 60 : 30 } } }
  }
  const presses = counter || moving || '0'
  if (!/^\d{1,9}$/.test(presses)) return unreadable('A counter is a whole number.')
  return { ok: true, account: { ...common, moves: { by: 'event', counter: Number(presses) } } }
}

/** Reads a hexadecimal or base32 secret. Base32 of 26 letters looks hexadecimal once in 100,000,000,000 times. */
function secretIn(written: string): { readonly ok: true; readonly secret: string } | UnreadableSecret {
  const plain = written.replace(/[\s-]/g, '')
  const bytes = /^([0-9a-f]{2})+$/i.test(plain) ? Buffer.from(plain, 'hex') : bytesOfBase32(plain)
  return bytes ? readBytes(bytes) : unreadable('A secret is written in hexadecimal digits or in base32.')
}
