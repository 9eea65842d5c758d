import { contracts, type Prompt } from '#shared/factors/index.ts'
import type { Demands } from '#shared/policy/rules/policy.ts'
import type { Factor, FactorContext } from '../contract/factor.ts'
import { verifyAssertion } from './assertion.ts'
import { modalMs, newChallenge, rpIdOf } from './ceremony.ts'
import { credentialOf, descriptorsOf } from './credential.ts'
import { passkeyEnrolment } from './enrolment.ts'

interface Asking {
  readonly challenge: string
  /** The challenge's expiry in epoch milliseconds; null for a challenge that lives as long as its sign-in. */
  readonly until: number | null
}

/** The time before expiry at which an idle page fetches a new challenge: enough for a person to answer the old one. */
const renewMs = 60_000

/** A public key credential: a passkey of this device or of a password manager, or a security key (WebAuthn Level 3). */
export const passkey: Factor<'passkey', Asking> = {
  contract: contracts.passkey,
  several: true,
  asksWhichOne: false,
  uses: 'once',

  async challenge(context, demands) {
    const until = context.now.getTime() + modalMs
    const prompt = await promptFor(context, demands)
    return { prompt, state: { challenge: prompt.challenge, until }, renewAt: new Date(until - renewMs) }
  },

  async usernamelessChallenge(context, demands) {
    const prompt = await promptFor(context, demands)
    return { prompt, state: { challenge: prompt.challenge, until: null } }
  },

  handleOf: ({ id }) => id,

  async verify(context, answer, { challenge, until }, { uv }) {
    const no = (remark: string) => ({ is: 'refused', why: { code: 'wrong-passkey' }, remark }) as const
    // A late answer is not verified and costs no attempt: the page gets a new challenge.
    if (until !== null && context.now.getTime() > until) return { is: 'unavailable', why: { code: 'too-late' } }
    const [own] = await context.authenticators()
    if (!own || context.account === null)
      return context.handleIsKnown ? no('owner') : { is: 'refused', why: { code: 'unknown-passkey' } }
    const expected = { site: context.site, challenge, uv, discovered: !context.hasProof }
    const result = await verifyAssertion(answer, credentialOf(own), expected)
    if (!result.ok) {
      const { why, because } = result
      return { is: 'refused', why, remark: because, unusable: why.code === 'unsafe-passkey' }
    }

    const { credential, verified, remarks } = result
    const isSame = JSON.stringify(credential) === JSON.stringify(own.credential)
    return {
      is: 'proven',
      account: context.account,
      authenticator: own.id,
      proof: {
        methods: ['fido', credential.backupEligible ? 'swk' : 'hwk', 'user'],
        proves: verified ? ['has', 'knows'] : ['has'],
      },
      spends: isSame ? [] : [{ ...own, credential }],
      ...(remarks.length > 0 ? { remark: remarks.join(' ') } : {}),
    }
  },

  enrolment: passkeyEnrolment,

  told: (site, { username, name }, own) => {
    const [newest] = own.toSorted((a, b) => (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0))
    const userId = newest ? credentialOf(newest).userHandle : ''
    const ids = own.filter((one) => credentialOf(one).userHandle === userId).flatMap(({ handle }) => handle ?? [])
    return { rpId: rpIdOf(site), userId, ids, name: username, displayName: name ?? username }
  },

  async import() {
    return { ok: false, message: 'A passkey is made by the person who uses it: it cannot be imported.' }
  },
}

/** The options of a challenge, without credential ids before the first proof: the browser finds a passkey (§14.6.2). */
const promptFor = async (context: FactorContext, { uv = 'preferred' }: Demands): Promise<Prompt<'passkey'>> => ({
  rpId: rpIdOf(context.site),
  challenge: newChallenge(),
  timeout: modalMs,
  userVerification: uv,
  allowCredentials: context.hasProof ? descriptorsOf(await context.authenticators()) : [],
})
