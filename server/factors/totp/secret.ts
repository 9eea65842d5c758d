import { readExported } from '../oath/exported-account.ts'
import { readBase32, type UnreadableSecret, unreadable } from '../oath/otpauth.ts'
import type { TotpParameters } from '../oath/steps.ts'

export type Read = { readonly ok: true; readonly app: TotpParameters } | UnreadableSecret

/** Reads an operator's secret of an app: base32, or a QR code's address. Error messages never repeat the secret. */
export function readAppSecret(written: string, called: string): Read {
  if (!/^\s*otpauth/i.test(written)) {
    const read = readBase32(written)
    return read.ok ? { ok: true, app: { secret: read.secret, algorithm: 'sha1', digits: 6, periodSeconds: 30 } } : read
  }
  const read = readExported(written, called)
  if (!read.ok) return read
  const { moves, ...shared } = read.account
  if (moves.by !== 'time') return unreadable('An app has an otpauth://totp/ address: codes that count are not for it.')
  return { ok: true, app: { ...shared, periodSeconds: moves.periodSeconds } }
}
