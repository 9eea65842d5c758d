import type { TokenCredential } from '../factors/token/device.ts'

/** One device of a seed file, or one key of a device with several. */
export interface Seed {
  readonly serial: string
  readonly device: TokenCredential
  /** The owner's username, where the file gives one; else null. */
  readonly person: string | null
}

/** A fault of a seed file; `at` is a line or a serial number. */
export interface SeedFault {
  readonly at: string
  readonly message: string
}

/** The readable seeds of a seed file, and its faults. */
export interface Seeds {
  readonly seeds: readonly Seed[]
  readonly faults: readonly SeedFault[]
}
export const seedsOf = (read: readonly (Seed | SeedFault)[]): Seeds => ({
  seeds: read.flatMap((one) => ('message' in one ? [] : [one])),
  faults: read.flatMap((one) => ('message' in one ? [one] : [])),
})

/** The key of an encrypted seed file (RFC 6030 §6): a pre-shared key, or a password. */
export type SeedKey =
  | { readonly is: 'key'; readonly bytes: Buffer }
  | { readonly is: 'passphrase'; readonly text: string }

/** Whether a text is a serial number as makers print them. */
export const isSerial = (text: string): boolean => /^[\w.:-]{1,64}$/.test(text)

/** The values that occur more than once. */
export function repeatedSerials<T>(all: readonly T[]): ReadonlySet<T> {
  const seen = new Set<T>()
  return new Set(all.filter((one) => seen.has(one) || !seen.add(one)))
}
