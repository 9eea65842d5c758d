import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { plainCode } from '../contract/plain-code.ts'

/** One stored code. */
export interface StoredCode {
  /** SHA-256 of the code without its hyphens, in base64url: 80 random bits need no slow hash. */
  readonly hash: string
  /** When the code was used (epoch milliseconds); null while it can be used. */
  readonly usedAt: number | null
}
export interface RecoveryCodesCredential {
  readonly codes: readonly StoredCode[]
}
export const recoveryCodesIn = (credential: unknown) => credential as RecoveryCodesCredential
export const unusedCodes = ({ codes }: RecoveryCodesCredential): number =>
  codes.filter(({ usedAt }) => usedAt === null).length

/** Crockford's base 32: no I, L, O or U. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const howMany = 10
const symbols = 16
const pattern = new RegExp(`^[${alphabet}]{${symbols}}$`)

/** Ten codes of 80 random bits, in groups of four. */
export const newCodes = (): readonly string[] => Array.from({ length: howMany }, newCode)
const newCode = () =>
  Array.from(randomBytes(symbols), (byte) => alphabet[byte % alphabet.length])
    .join('')
    .replace(/.{4}(?=.)/g, '$&-')

/** A typed code in canonical form: without hyphens, in upper case, Crockford's letters as digits. Null for no code. */
export function codeMeant(typed: string): string | null {
  const code = plainCode(typed).toUpperCase().replaceAll('O', '0').replace(/[IL]/g, '1')
  return pattern.test(code) ? code : null
}

export const codeHashOf = (code: string): string => createHash('sha256').update(code).digest('base64url')

/** The index of a code among the stored codes, used or not; -1 for none. All are compared: time reveals nothing. */
export function placeOf({ codes }: RecoveryCodesCredential, hash: string): number {
  const places = codes.flatMap((one, at) => (same(one.hash, hash) ? [at] : []))
  return places[0] ?? -1
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
