import { randomBytes } from 'node:crypto'
import type { Enrolling, Enrolment, EnrolmentStep } from '../contract/factor.ts'
import { passkeyAlgorithms, verifyAttestation } from './attestation.ts'
import { modalMs, newChallenge, rpIdOf } from './ceremony.ts'
import { credentialOf, descriptorsOf } from './credential.ts'
import { modelOf } from './model.ts'

interface Asking {
  readonly challenge: string
  readonly userHandle: string
}

/** Enrolment of a passkey. An answer spends its challenge, right or wrong. */
export const passkeyEnrolment: Enrolment<'passkey'> = {
  begin: async (who) => ask(who),

  async accept(who, answer, state) {
    const { challenge, userHandle } = state as Asking
    const result = await verifyAttestation(answer, { site: who.site, challenge, userHandle })
    if (!result.ok) return { is: 'refused', why: result.why, next: ask(who) }
    return { is: 'made', label: modelOf(result.aaguid), credential: result.credential, handle: answer.id }
  },
}

function ask({ site, person, authenticators }: Enrolling): EnrolmentStep<'passkey'> {
  const [first] = authenticators
  const userHandle = first ? credentialOf(first).userHandle : randomBytes(32).toString('base64url')
  const challenge = newChallenge()
  const prompt: EnrolmentStep<'passkey'>['prompt'] = {
    rp: { id: rpIdOf(site), name: site.serviceName },
    user: { id: userHandle, name: person.username, displayName: person.name ?? person.username },
    challenge,
    pubKeyCredParams: passkeyAlgorithms.map((alg) => ({ type: 'public-key', alg })),
    timeout: modalMs,
    excludeCredentials: descriptorsOf(authenticators),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    attestation: 'none',
  }
  return { is: 'asked', prompt, state: { challenge, userHandle } satisfies Asking }
}
