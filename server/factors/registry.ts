import type { BuiltFactor } from '#shared/factors/index.ts'
import type { AnyDelivery } from './channels.ts'
import type { Factor } from './contract/factor.ts'
import { grid } from './grid/grid.ts'
import { passkey } from './passkey/passkey.ts'
import { password } from './password/password.ts'
import { recoveryCode } from './recovery-code/recovery-code.ts'
import { smartcard } from './smartcard/smartcard.ts'
import { sms } from './sms/sms.ts'
import { token } from './token/token.ts'
import { totp } from './totp/totp.ts'

/** The implementation of each factor; the compiler reports a missing one. */
export const factors = {
  password,
  totp,
  token,
  passkey,
  sms,
  smartcard,
  grid,
  'recovery-code': recoveryCode,
} as const satisfies {
  readonly [Id in BuiltFactor]: Factor<Id, unknown, AnyDelivery>
}
