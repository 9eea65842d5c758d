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
  /** Nothing but the answer says whose it is: then it must say it twice, by its credential and by its user handle. */
  readonly discovered: boolean
}

export type AssertionResult =
  /** `remarks`: what is out of the ordinary, for the log. */
  | {
      readonly ok: true
      readonly credential: PasskeyCredential
      readonly verified: boolean
      readonly remarks: readonly Remark[]
    }
  /** `because` is for the log alone: the person is told the same whatever it was, but for what only another passkey mends. */
  | { readonly ok: false; readonly why: Refusal; readonly because: string }
/** What an operator may have recorded alone. */
type Remark = 'backup-eligibility' | 'counter'

const no = (because: string, code: RefusalCode = 'wrong-passkey'): AssertionResult => ({
  ok: false,
  why: { code },
  because,
})

/**
 * An assertion by a credential that is its person's (WebAuthn Level 3 §7.2, in its order). The library does not ask whose
 * user handle it is, nor whether backup eligibility changed; it refuses every counter that does not grow, and so is
 * not asked about counters.
 */
export async function verifyAssertion(
  { id, rawId, type, response }: Answer<'passkey'>,
  credential: PasskeyCredential,
  { site, challenge, uv, discovered }: Expected,
): Promise<AssertionResult> {
  // The user handle is the owner's, and is there when nothing else named them.
  if (response.userHandle === undefined ? discovered : response.userHandle !== credential.userHandle)
    return no('user-handle')
  // Not in another site's frame.
  if (!isOwnClientData(response.clientDataJSON)) return no('client-data')
  // A key that was stored before keys were checked: it may take signatures that nobody's private key made.
  const publicKey = Buffer.from(credential.publicKey, 'base64url')
  if (!(await isSoundPublicKey(publicKey))) return no('public-key', 'unsafe-passkey')

  // Type, challenge, origin, RP ID, user presence, no backup of what cannot be one, signature by the kept key.
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server')
  const done = await verifyAuthenticationResponse({
    response: { id, rawId, type, clientExtensionResults: {}, response: withoutUndefined(response) },
    expectedChallenge: challenge,
    expectedOrigin: [...originsOf(site)],
    expectedRPID: rpIdOf(site),
    requireUserVerification: uv === 'required',
    credential: { id, publicKey, counter: 0 },
  }).catch((error: Error) => error.message)
  if (typeof done === 'string') return no(done)
  // A signature that does not verify does not throw.
  if (!done.verified || !(await isWhole(response.signature, publicKey))) return no('signature')

  const { newCounter, userVerified, credentialDeviceType, credentialBackedUp } = done.authenticationInfo
  const remarks: Remark[] = []
  // Whether it can be copied never changes. One that could be once stays one that can be.
  const isEligible = credentialDeviceType === 'multiDevice'
  const backupEligible = isEligible || credential.backupEligible
  if (isEligible !== credential.backupEligible) {
    if (site.passkeys.backup_eligibility_changes === 'refuse') return no('backup-eligibility', 'changed-passkey')
    remarks.push('backup-eligibility')
  }
  // §4, uvInitialized: an authenticator that verified nobody when it was made is not believed.
  const verified = userVerified && credential.uvInitialized
  if (uv === 'required' && !verified) return no('user-verification')
  // A counter that is used must grow.
  if ((newCounter > 0 || credential.signCount > 0) && newCounter <= credential.signCount) {
    if (site.passkeys.counter_regressions === 'refuse') return no('counter')
    remarks.push('counter')
  }
  const signCount = Math.max(newCounter, credential.signCount)
  const after = { ...credential, signCount, backupEligible, backupState: credentialBackedUp }
  return { ok: true, credential: after, verified, remarks }
}

const ec2 = 2
/** The library overlooks the class of an ECDSA signature's tag, and what follows it: it says itself how long it is (RFC 3279 §2.2.3). */
async function isWhole(signature: string, publicKey: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const { cose, decodeCredentialPublicKey } = await import('@simplewebauthn/server/helpers')
  if (decodeCredentialPublicKey(publicKey).get(cose.COSEKEYS.kty) !== ec2) return true
  return isWholeSequence(Buffer.from(signature, 'base64url'))
}

const sequence = 0x30
const oneMoreOctet = 0x81
/** One DER sequence and nothing after it; from 128 octets on, as of P-521, its length takes an octet more (X.690 §8.1.3.5). */
function isWholeSequence(bytes: Buffer): boolean {
  const [tag, first = 0, second = 0] = bytes
  if (tag !== sequence) return false
  return first < 0x80
    ? first === bytes.length - 2
    : first === oneMoreOctet && second > 0x7f && second === bytes.length - 3
}

const withoutUndefined = ({ userHandle, ...rest }: Answer<'passkey'>['response']) =>
  userHandle === undefined ? rest : { ...rest, userHandle }
