import type { VerifiedRegistrationResponse } from '@simplewebauthn/server'
import type { EnrolmentAnswer } from '#shared/factors/index.ts'
import type { Refusal, RefusalCode } from '#shared/refusal.ts'
import type { Site } from '../contract/site.ts'
import { originsOf, rpIdOf } from './ceremony.ts'
import { isOwnClientData } from './client-data.ts'
import type { PasskeyCredential } from './credential.ts'
import { isSoundPublicKey } from './public-key.ts'

/** The offered COSE algorithms, the best first: EdDSA, ES256, RS256 (RFC 9053 §2, RFC 8812 §2). */
export const passkeyAlgorithms = [-8, -7, -257] as const
const unnamed = '00000000-0000-0000-0000-000000000000'

type Registered = NonNullable<VerifiedRegistrationResponse['registrationInfo']>
type Judged =
  | { readonly ok: true; readonly credential: PasskeyCredential; readonly aaguid: string }
  | { readonly ok: false; readonly why: Refusal; readonly because: string }

const refused = (because: string, code: RefusalCode = 'wrong-passkey'): Judged => ({
  ok: false,
  why: { code },
  because,
})

/** Verifies a new credential (WebAuthn Level 3 §7.1, in its order). The store ensures that its id is new. */
export async function verifyAttestation(
  { id, rawId, type, response }: EnrolmentAnswer<'passkey'>,
  { site, challenge, userHandle }: { readonly site: Site; readonly challenge: string; readonly userHandle: string },
): Promise<Judged> {
  // The browser did not run this in another site's frame.
  if (!isOwnClientData(response.clientDataJSON)) return refused('client-data')
  // No attestation was requested. A certificate would only make the server fetch addresses that it names.
  if (!(await isWithoutCertificate(response.attestationObject))) return refused('attestation')

  // Type, challenge, origin, RP ID, user presence, no backup of an ineligible credential, algorithm, self attestation.
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server')
  const done = await verifyRegistrationResponse({
    response: { id, rawId, type, clientExtensionResults: {}, response },
    expectedChallenge: challenge,
    expectedOrigin: [...originsOf(site)],
    expectedRPID: rpIdOf(site),
    requireUserVerification: false,
    supportedAlgorithmIDs: [...passkeyAlgorithms],
  }).catch((error: Error) => error.message)
  if (typeof done === 'string') return refused(done)
  if (!done.verified) return refused('signature')

  const { credential, userVerified, credentialDeviceType, credentialBackedUp, aaguid, fmt } = done.registrationInfo
  // §8.2: self attestation uses the key's algorithm; without a requested attestation it names no model (§5.1.3).
  if (fmt !== 'none' && (aaguid !== unnamed || !(await isOfItsKey(done.registrationInfo))))
    return refused('attestation')
  // The response's id must be the created credential's id.
  if (credential.id !== id) return refused('credential-id')
  // §5.8.5, which the library does not check.
  if (!(await isSoundPublicKey(credential.publicKey))) return refused('public-key', 'unsafe-passkey')
  return {
    ok: true,
    aaguid,
    credential: {
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      userHandle,
      signCount: credential.counter,
      uvInitialized: userVerified,
      backupEligible: credentialDeviceType === 'multiDevice',
      backupState: credentialBackedUp,
      transports: response.transports,
    },
  }
}

/** Whether an attestation object has no attestation, or a self attestation (§8.2), and nothing after it. */
async function isWithoutCertificate(attestationObject: string): Promise<boolean> {
  const { decodeAttestationObject, isoCBOR } = await import('@simplewebauthn/server/helpers')
  try {
    const bytes = Buffer.from(attestationObject, 'base64url')
    const decoded = decodeAttestationObject(bytes)
    const format = decoded.get('fmt')
    const isNone = format === 'none' || (format === 'packed' && decoded.get('attStmt').get('x5c') === undefined)
    return isNone && isoCBOR.encode(isoCBOR.decodeFirst(bytes)).byteLength === bytes.byteLength
  } catch {
    return false
  }
}

async function isOfItsKey({ attestationObject, credential }: Registered): Promise<boolean> {
  const { cose, decodeAttestationObject, decodeCredentialPublicKey } = await import('@simplewebauthn/server/helpers')
  const statement = decodeAttestationObject(attestationObject).get('attStmt')
  return statement.get('alg') === decodeCredentialPublicKey(credential.publicKey).get(cose.COSEKEYS.alg)
}
