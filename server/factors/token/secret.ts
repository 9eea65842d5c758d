import { readExported } from '../oath/exported-account.ts'
import type { UnreadableSecret } from '../oath/otpauth.ts'
import { deviceOf, type TokenCredential } from './device.ts'

/** Reads an operator's otpauth:// address of one token (for seed files: token-seeds). Errors never repeat a secret. */
export function readDevice(
  written: string,
  called: string,
): { readonly ok: true; readonly device: TokenCredential } | UnreadableSecret {
  const read = readExported(written, called)
  return read.ok ? { ok: true, device: deviceOf(read.account) } : read
}
