import type { BuiltFactor } from '#shared/factors/index.ts'
import type { WebFactor } from './contract/factor.ts'
import { grid } from './grid/challenge.tsx'
import { passkey } from './passkey/challenge.tsx'
import { password } from './password/challenge.tsx'
import { recoveryCode } from './recovery-code/challenge.tsx'
import { smartcard } from './smartcard/challenge.tsx'
import { sms } from './sms/challenge.tsx'
import { token } from './token/challenge.tsx'
import { totp } from './totp/challenge.tsx'

/** The factors in the browser, one line each; the compiler lists what is missing. */
export const webFactors = {
  password,
  totp,
  token,
  passkey,
  sms,
  smartcard,
  grid,
  'recovery-code': recoveryCode,
} as const satisfies {
  readonly [Id in BuiltFactor]: WebFactor<Id>
}
