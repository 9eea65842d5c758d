import type { Kept } from '../factors/token/device.ts'

/** One device of a seed file. */
export interface Seed {
  readonly serial: string
  readonly device: Kept
}

/** What is wrong with a seed file, and where: a line of it, or a serial number. */
export interface SeedFault {
  readonly at: string
  readonly message: string
}
export type Seeds =
  | { readonly ok: true; readonly seeds: readonly Seed[] }
  | { readonly ok: false; readonly faults: readonly SeedFault[] }

/** What a seed file may be encrypted with (RFC 6030 §6): a key that was agreed on, or a password. */
export type SeedKey =
  | { readonly is: 'key'; readonly bytes: Buffer }
  | { readonly is: 'passphrase'; readonly text: string }

/** Serial numbers as makers print them. */
export const isSerial = (text: string): boolean => /^[\w.:-]{1,64}$/.test(text)
