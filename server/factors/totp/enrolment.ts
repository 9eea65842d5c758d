import { randomBytes } from 'node:crypto'
import { base32nopad } from '@scure/base'
import { encode } from 'uqr'
import type { Enrolment } from '../contract/factor.ts'
import { plainCode } from '../contract/plain-code.ts'
import { stepsOf, type TotpParameters } from '../oath/steps.ts'
import { appIn, neverUsed, spending } from './credential.ts'

/** A secret of 160 bits, as RFC 4226 §4 R6 recommends. */
const secretBytes = 20

/** Enrolment of an app: a new secret, whose first code proves that it arrived, and is used up by that. */
export const totpEnrolment: Enrolment<'totp'> = {
  async begin({ site: { serviceName }, person }) {
    const secret = base32nopad.encode(randomBytes(secretBytes))
    const address = keyUriOf(serviceName, person.username, secret)
    const state: TotpParameters = { secret, algorithm: 'sha1', digits: 6, periodSeconds: 30 }
    return { is: 'asked', prompt: { address, secret, qr: drawing(address) }, state }
  },

  async accept({ now }, { code }, state) {
    const app = neverUsed(appIn(state))
    const step = stepsOf(app, plainCode(code), now).at(-1)
    return step === undefined
      ? { is: 'refused', why: { code: 'wrong-code' } }
      : { is: 'made', label: 'Authenticator app', credential: spending(app, step) }
  },
}

/**
 * The Key URI Format that apps read: otpauth://totp/ISSUER:ACCOUNT?secret=…&issuer=ISSUER. Neither name has a colon,
 * and a space is %20 in both, because some apps show a plus sign literally.
 */
export const keyUriOf = (issuer: string, account: string, secret: string) =>
  `otpauth://totp/${encodeURIComponent(issuer)}:${encodeURIComponent(account)}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`

/** A QR code's dark squares as one SVG path. */
function drawing(text: string) {
  const { data, size } = encode(text)
  const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return { size, path: squares.join('') }
}
