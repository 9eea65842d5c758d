import { readKeyUri } from './key-uri.ts'
import { readMigration } from './migration.ts'
import type { ReadAccount } from './otpauth.ts'

/** An account as an app exports it, in an otpauth:// or an otpauth-migration:// address; `called`: its label here. */
export const readExported = (written: string, called: string): ReadAccount =>
  /^\s*otpauth-migration:/i.test(written) ? readMigration(written, called) : readKeyUri(written)
