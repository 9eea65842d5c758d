import type { Answer } from '#shared/factors/index.ts'
import type { Demands } from '#shared/policy/rules/policy.ts'
import type { Refusal, RefusalCode } from '#shared/refusal.ts'
import type { Site } from '../contract/site.ts'
import { originsOf, rpIdOf } from './ceremony.ts'
import { isOwnClientData } from './client-data.ts'
import type { PasskeyCredential } from './credential.ts'
import { isSoundPublicKey } from './public-key.ts'

export interface Expected {
  readonly site: Site
  readonly challenge: string
  readonly uv: Demands['uv']
  /** Whether the answer alone names the account: then it must do so twice, by its credential and its user handle. */
  readonly discovered: boolean
}

export type AssertionResult =
  /** `remarks`: irregularities for the log. */
  | {
      readonly ok: true
      readonly credential: PasskeyCredential
      readonly verified: boolean
      readonly remarks: readonly Remark[]
    }
  /** `because` is for the log alone: the person sees the same refusal, except where only a new passkey helps. */
  | { readonly ok: false; readonly why: Refusal; readonly because: string }
/** Irregularities that an operator may have logged instead of refused. */
type Remark = 'backup-eligibility' | 'counter'

const refused = (because: string, code: RefusalCode = 'wrong-passkey'): AssertionResult => ({
  ok: false,
  why: { code },
  because,
})

/**
 * Verifies an assertion by one of the account's own credentials (WebAuthn Level 3 §7.2, in its order). The library
 * checks neither the user handle nor a change of backup eligibility; it refuses every counter that does not grow, and
 * so gets a counter of 0.
 */
export async function verifyAssertion(
  { id, rawId, type, response }: Answer<'passkey'>,
  credential: PasskeyCredential,
  { site, challenge, uv, discovered }: Expected,
): Promise<AssertionResult> {
  // The user handle must be the owner's, and must be present when the answer alone names the account.
  if (response.userHandle === undefined ? discovered : response.userHandle !== credential.userHandle)
    return refused('user-handle')
  // The browser did not run this in another site's frame.
  if (!isOwnClientData(response.clientDataJSON)) return refused('client-data')
  // Keys stored before this check existed may accept signatures that no private key made.
  const publicKey = Buffer.from(credential.publicKey, 'base64url')
  if (!(await isSoundPublicKey(publicKey))) return refused('public-key', 'unsafe-passkey')

  // Type, challenge, origin, RP ID, user presence, no backup of an ineligible credential, signature by the stored key.
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server')
  const done = await verifyAuthenticationResponse({
    response: { id, rawId, type, clientExtensionResults: {}, response: withoutUndefined(response) },
    expectedChallenge: challenge,
    expectedOrigin: [...originsOf(site)],
    expectedRPID: rpIdOf(site),
    requireUserVerification: uv === 'required',
    credential: { id, publicKey, counter: 0 },
  }).catch((error: Error) => error.message)
  if (typeof done === 'string') return refused(done)
  // A signature that does not verify sets `verified` to false; the library does not throw.
  if (!done.verified || !(await isWhole(response.signature, publicKey))) return refused('signature')

  const { newCounter, userVerified, credentialDeviceType, credentialBackedUp } = done.authenticationInfo
  const remarks: Remark[] = []
  // Backup eligibility never changes. A credential that was eligible once stays eligible.
  const isEligible = credentialDeviceType === 'multiDevice'
  const backupEligible = isEligible || credential.backupEligible
  if (isEligible !== credential.backupEligible) {
    if (site.passkeys.backup_eligibility_changes === 'refuse') return refused('backup-eligibility', 'changed-passkey')
    remarks.push('backup-eligibility')
  }
  // §4, uvInitialized: user verification counts only if the authenticator also verified at registration.
  const verified = userVerified && credential.uvInitialized
  if (uv === 'required' && !verified) return refused('user-verification')
  // A signature counter in use must grow.
  if ((newCounter > 0 || credential.signCount > 0) && newCounter <= credential.signCount) {
    if (site.passkeys.counter_regressions === 'refuse') return refused('counter')
    remarks.push('counter')
  }
  const signCount = Math.max(newCounter, credential.signCount)
  const after = { ...credential, signCount, backupEligible, backupState: credentialBackedUp }
  return { ok: true, credential: after, verified, remarks }
}

const ec2 = 2
/** Whether an ECDSA signature is one DER sequence (RFC 3279 §2.2.3): the library checks neither tag class nor end. */
async function isWhole(signature: string, publicKey: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const { cose, decodeCredentialPublicKey } = await import('@simplewebauthn/server/helpers')
  if (decodeCredentialPublicKey(publicKey).get(cose.COSEKEYS.kty) !== ec2) return true
  return isWholeSequence(Buffer.from(signature, 'base64url'))
}

const sequence = 0x30
const oneMoreOctet = 0x81
/** One DER sequence, nothing after it. From 128 octets on (P-521) its length takes one more octet (X.690 §8.1.3.5). */
function isWholeSequence(bytes: Buffer): boolean {
  const [tag, first = 0, second = 0] = bytes
  if (tag !== sequence) return false
  return first < 0x80
    ? first === bytes.length - 2
    : first === oneMoreOctet && second > 0x7f && second === bytes.length - 3
}

const withoutUndefined = ({ userHandle, ...rest }: Answer<'passkey'>['response']) =>
  userHandle === undefined ? rest : { ...rest, userHandle }
