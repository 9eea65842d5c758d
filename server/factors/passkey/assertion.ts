import type { Answer } from '#shared/factors/index.ts'
import type { Demands } from '#shared/policy/policy.ts'
import type { Site } from '../site.ts'
import { rpIdOf } from './ceremony.ts'
import { isOwnClientData } from './client-data.ts'
import type { Credential } from './credential.ts'

export interface Expected {
  readonly site: Site
  readonly challenge: string
  readonly uv: Demands['uv']
  /** Nothing but the answer says whose it is: then it must say it twice, by its credential and by its user handle. */
  readonly discovered: boolean
}

export type Judged =
  | { readonly ok: true; readonly credential: Credential; readonly verified: boolean; readonly regressed: boolean }
  /** For the log alone: the person is told the same whatever it was. */
  | { readonly ok: false; readonly because: string }

const no = (because: string): Judged => ({ ok: false, because })

/**
 * An assertion by a credential that is its person's (WebAuthn Level 3 §7.2, in its order). The library does not ask whose
 * user handle it is, nor whether backup eligibility changed; it refuses every counter that does not grow, and so is
 * not asked about counters.
 */
export async function judgeAssertion(
  { id, rawId, type, response }: Answer<'passkey'>,
  credential: Credential,
  { site, challenge, uv, discovered }: Expected,
): Promise<Judged> {
  // The user handle is the owner's, and is there when nothing else named them.
  if (response.userHandle === undefined ? discovered : response.userHandle !== credential.userHandle)
    return no('user-handle')
  // Not in another site's frame.
  if (!isOwnClientData(response.clientDataJSON)) return no('client-data')

  // Type, challenge, origin, RP ID, user presence, no backup of what cannot be one, signature by the kept key.
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server')
  const publicKey = Buffer.from(credential.publicKey, 'base64url')
  const done = await verifyAuthenticationResponse({
    response: { id, rawId, type, clientExtensionResults: {}, response: withoutUndefined(response) },
    expectedChallenge: challenge,
    expectedOrigin: site.issuer.origin,
    expectedRPID: rpIdOf(site),
    requireUserVerification: uv === 'required',
    credential: { id, publicKey, counter: 0 },
  }).catch((error: Error) => error.message)
  if (typeof done === 'string') return no(done)
  // A signature that does not verify does not throw.
  if (!done.verified || !(await isWhole(response.signature, publicKey))) return no('signature')

  // What can be copied never changes.
  const { newCounter, userVerified, credentialDeviceType, credentialBackedUp } = done.authenticationInfo
  if ((credentialDeviceType === 'multiDevice') !== credential.backupEligible) return no('backup-eligibility')
  // §4, uvInitialized: an authenticator that verified nobody when it was made is not believed.
  const verified = userVerified && credential.uvInitialized
  if (uv === 'required' && !verified) return no('user-verification')
  // A counter that is used must grow.
  const regressed = (newCounter > 0 || credential.signCount > 0) && newCounter <= credential.signCount
  if (regressed && site.passkeys.counter_regressions === 'refuse') return no('counter')
  const signCount = Math.max(newCounter, credential.signCount)
  return { ok: true, credential: { ...credential, signCount, backupState: credentialBackedUp }, verified, regressed }
}

const ec2 = 2
const sequence = 0x30
/** The library overlooks the class of an ECDSA signature's tag, and what follows it: it says itself how long it is (RFC 3279 §2.2.3). */
async function isWhole(signature: string, publicKey: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const { cose, decodeCredentialPublicKey } = await import('@simplewebauthn/server/helpers')
  const bytes = Buffer.from(signature, 'base64url')
  if (decodeCredentialPublicKey(publicKey).get(cose.COSEKEYS.kty) !== ec2) return true
  return bytes[0] === sequence && bytes[1] === bytes.length - 2
}

const withoutUndefined = ({ userHandle, ...rest }: Answer<'passkey'>['response']) =>
  userHandle === undefined ? rest : { ...rest, userHandle }
