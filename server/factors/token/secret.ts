import { readExported } from '../oath/exported-account.ts'
import type { UnreadableSecret } from '../oath/otpauth.ts'
import { deviceOf, type TokenCredential } from './device.ts'

/** What an operator wrote about one token: an otpauth:// address. Seed files come by another way. Never repeats it. */
export function readDevice(
  written: string,
  called: string,
): { readonly ok: true; readonly device: TokenCredential } | UnreadableSecret {
  const read = readExported(written, called)
  return read.ok ? { ok: true, device: deviceOf(read.account) } : read
}
