import type { TokenCredential } from '../factors/token/device.ts'

/** One device of a seed file, or one of its keys where it has several. */
export interface Seed {
  readonly serial: string
  readonly device: TokenCredential
  /** The username of whose it is, where the file says so. */
  readonly person: string | null
}

/** What is wrong with a seed file, and where: a line of it, or a serial number. */
export interface SeedFault {
  readonly at: string
  readonly message: string
}

/** What could be read of a seed file, and what could not. */
export interface Seeds {
  readonly seeds: readonly Seed[]
  readonly faults: readonly SeedFault[]
}
export const seedsOf = (read: readonly (Seed | SeedFault)[]): Seeds => ({
  seeds: read.flatMap((one) => ('message' in one ? [] : [one])),
  faults: read.flatMap((one) => ('message' in one ? [one] : [])),
})

/** What a seed file may be encrypted with (RFC 6030 §6): a key that was agreed on, or a password. */
export type SeedKey =
  | { readonly is: 'key'; readonly bytes: Buffer }
  | { readonly is: 'passphrase'; readonly text: string }

/** Serial numbers as makers print them. */
export const isSerial = (text: string): boolean => /^[\w.:-]{1,64}$/.test(text)

/** Those that stand more than once. */
export function repeatedSerials<T>(all: readonly T[]): ReadonlySet<T> {
  const seen = new Set<T>()
  return new Set(all.filter((one) => seen.has(one) || !seen.add(one)))
}
