import { BinaryReader } from '@bufbuild/protobuf/wire'
import { type ReadAccount, readBytes, type UnreadableSecret, unreadable } from './otpauth.ts'

/** One account of a MigrationPayload: the fields of its OtpParameters, enumerations as their numbers. */
interface Exported {
  readonly secret: Uint8Array
  readonly name: string
  readonly issuer: string
  readonly algorithm: number
  readonly digits: number
  readonly type: number
  readonly counter: number
}

/** MigrationPayload.Algorithm; 0 is unspecified, and 4 is MD5. */
const algorithms = ['sha1', 'sha1', 'sha256', 'sha512'] as const
/** MigrationPayload.DigitCount; 0 is unspecified. */
const digitCounts = [6, 6, 8] as const
const mostCounter = 999_999_999

/**
 * Reads an account of an otpauth-migration:// address, in which Google Authenticator exports several at once; the
 * period of codes is 30 seconds. Of several accounts, the one whose name or issuer (or both, ISSUER:NAME) equals
 * `called` is meant. Error messages never repeat a secret.
 */
export function readMigration(written: string, called: string): ReadAccount {
  const accounts = accountsIn(written)
  if ('message' in accounts) return accounts
  const [meant, ...others] =
    accounts.length === 1 ? accounts : accounts.filter((one) => namesOf(one).includes(fold(called)))
  if (meant && others.length === 0) return read(meant)
  const names = accounts.map(({ issuer, name }) =>
    JSON.stringify(issuer && !name.startsWith(`${issuer}:`) ? `${issuer}:${name}` : name),
  )
  return unreadable(
    `This export has ${accounts.length} accounts: give its label the name of the one that is meant (${names.join(', ')}).`,
  )
}

const fold = (name: string) => name.trim().toLowerCase()
const namesOf = ({ name, issuer }: Exported) => [name, issuer, `${issuer}:${name}`].map(fold)

function read({ secret, algorithm, digits, type, counter }: Exported): ReadAccount {
  const [hash, count] = [algorithms[algorithm], digitCounts[digits]]
  if (!hash)
    return unreadable('The algorithm of codes is SHA1, SHA256 or SHA512; this export says another one, such as MD5.')
  if (!count) return unreadable('Codes have 6 or 8 digits.')
  if (type !== 1 && type !== 2) return unreadable('This export says neither HOTP nor TOTP.')
  if (type === 1 && !(counter >= 0 && counter <= mostCounter)) return unreadable('A counter is a whole number.')
  const bytes = readBytes(secret)
  if (!bytes.ok) return bytes
  const moves = type === 1 ? ({ by: 'event', counter } as const) : ({ by: 'time', periodSeconds: 30 } as const)
  return { ok: true, account: { secret: bytes.secret, algorithm: hash, digits: count, moves } }
}

function accountsIn(written: string): readonly Exported[] | UnreadableSecret {
  const url = URL.parse(written.trim())
  const data = [...(url?.searchParams ?? [])].find(([name]) => name.toLowerCase() === 'data')?.[1]
  if (!data) return unreadable('This otpauth-migration address has no data.')
  try {
    // A plus sign that was not percent-encoded has become a space.
    const accounts = payloadOf(Buffer.from(data.replaceAll(' ', '+'), 'base64'))
    return accounts.length > 0 ? accounts : unreadable('This otpauth-migration address has no account.')
  } catch {
    return unreadable('The data of this otpauth-migration address cannot be read.')
  }
}

function payloadOf(bytes: Uint8Array): readonly Exported[] {
  const reader = new BinaryReader(bytes)
  const accounts: Exported[] = []
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    if (field === 1) accounts.push(exportedIn(new BinaryReader(reader.bytes())))
    else reader.skip(wire, field)
  }
  return accounts
}

function exportedIn(reader: BinaryReader): Exported {
  const found = { secret: new Uint8Array(), name: '', issuer: '', algorithm: 0, digits: 0, type: 0, counter: 0 }
  const take: Readonly<Record<number, () => unknown>> = {
    1: () => (found.secret = Uint8Array.from(reader.bytes())),
    2: () => (found.name = reader.string()),
    3: () => (found.issuer = reader.string()),
    4: () => (found.algorithm = reader.int32()),
    5: () => (found.digits = reader.int32()),
    6: () => (found.type = reader.int32()),
    7: () => (found.counter = Number(reader.int64())),
  }
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    const read = take[field]
    if (read) read()
    else reader.skip(wire, field)
  }
  return found
}
