import { readKeyUri } from './key-uri.ts'
import { readMigration } from './migration.ts'
import type { ReadAccount } from './otpauth.ts'

/** Reads an account that an app exported as an otpauth:// or otpauth-migration:// address; `called`: its label here. */
export const readExported = (written: string, called: string): ReadAccount =>
  /^\s*otpauth-migration:/i.test(written) ? readMigration(written, called) : readKeyUri(written)
