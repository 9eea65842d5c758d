import type { EnrollableFactor } from '#shared/factors/index.ts'
import { enrolment as grid } from '../factors/grid/enrol.tsx'
import { enrolment as passkey } from '../factors/passkey/enrol.tsx'
import { enrolment as recoveryCode } from '../factors/recovery-code/enrol.tsx'
import { enrolment as smartcard } from '../factors/smartcard/enrol.tsx'
import { enrolment as sms } from '../factors/sms/enrol.tsx'
import { enrolment as totp } from '../factors/totp/enrol.tsx'
import type { WebEnrolment } from '../enrol/factor.ts'

/** One line for each factor that somebody can enrol by themselves; no page of a sign-in loads them. */
export const webEnrolments = { totp, passkey, sms, smartcard, grid, 'recovery-code': recoveryCode } as const satisfies {
  readonly [Id in EnrollableFactor]: WebEnrolment<Id>
}

export const enrollable = Object.keys(webEnrolments) as readonly EnrollableFactor[]
