import type { EnrolmentAnswer } from '#shared/factors/index.ts'
import type { Site } from '../site.ts'
import { rpIdOf } from './ceremony.ts'
import { isOwnClientData } from './client-data.ts'
import type { Credential } from './credential.ts'

/** COSE algorithms that are offered, the best first: EdDSA, ES256, RS256 (RFC 9053 §2, RFC 8812 §2). */
export const algorithms = [-8, -7, -257] as const
const unnamed = '00000000-0000-0000-0000-000000000000'

type Judged =
  | { readonly ok: true; readonly credential: Credential; readonly aaguid: string }
  | { readonly ok: false; readonly because: string }

const no = (because: string): Judged => ({ ok: false, because })

/** A new credential (WebAuthn Level 3 §7.1, from step 5). That nobody has it yet is the store's to say (step 26). */
export async function judgeAttestation(
  { id, rawId, type, response }: EnrolmentAnswer<'passkey'>,
  { site, challenge, userHandle }: { readonly site: Site; readonly challenge: string; readonly userHandle: string },
): Promise<Judged> {
  // Steps 10 to 12: not in another site's frame.
  if (!isOwnClientData(response.clientDataJSON)) return no('client-data')
  // Step 22: none was asked for. A certificate would only make us fetch what it names.
  if (!(await isWithoutCertificate(response.attestationObject))) return no('attestation')

  // Steps 7 to 9 and 13 to 25: type, challenge, origin, RP ID, user presence, backup state, algorithm, self attestation.
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server')
  const done = await verifyRegistrationResponse({
    response: { id, rawId, type, clientExtensionResults: {}, response },
    expectedChallenge: challenge,
    expectedOrigin: site.issuer.origin,
    expectedRPID: rpIdOf(site),
    requireUserVerification: false,
    supportedAlgorithmIDs: [...algorithms],
  }).catch((error: Error) => error.message)
  if (typeof done === 'string') return no(done)
  if (!done.verified) return no('signature')

  const { credential, userVerified, credentialDeviceType, credentialBackedUp, aaguid, fmt } = done.registrationInfo
  // §5.1.3 step 22: a browser that was asked for none passes on what says nothing of the model.
  if (fmt !== 'none' && aaguid !== unnamed) return no('attestation')
  // The credential that was made is the one that was named.
  if (credential.id !== id) return no('credential-id')
  // Step 27.
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

/** None, or the credential's own signature (§8.2, "self attestation"); and nothing after it. */
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
