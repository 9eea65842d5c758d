import type { EnrollableFactor } from '#shared/factors/index.ts'
import type { WebEnrolment } from './contract/enrolment.ts'
import { gridEnrolment as grid } from './grid/enrol.tsx'
import { passkeyEnrolment as passkey } from './passkey/enrol.tsx'
import { recoveryCodeEnrolment as recoveryCode } from './recovery-code/enrol.tsx'
import { smartcardEnrolment as smartcard } from './smartcard/enrol.tsx'
import { smsEnrolment as sms } from './sms/enrol.tsx'
import { totpEnrolment as totp } from './totp/enrol.tsx'

/** The enrolments of factors, one line each; only the enrolment step loads them. */
export const webEnrolments = {
  totp,
  passkey,
  sms,
  smartcard,
  grid,
  'recovery-code': recoveryCode,
} as const satisfies {
  readonly [Id in EnrollableFactor]: WebEnrolment<Id>
}

export const enrollable = Object.keys(webEnrolments) as readonly EnrollableFactor[]
