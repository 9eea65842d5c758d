import { createHash } from 'node:crypto'
import { contracts } from '#shared/factors/index.ts'
import type { Factor } from '../contract/factor.ts'
import { faultOfHash, isHash } from './cost.ts'
import { hashed, isCurrentHash, isHashOf, matches } from './hash.ts'
import { faultOf, longestBytes } from './rules.ts'

interface PasswordCredential {
  readonly argon2: string
  /** The digest of the first hash that was replaced, imported perhaps: importing it again changes no secret. */
  readonly digest?: string
}
const credentialIn = (credential: unknown): Partial<PasswordCredential> =>
  (credential as PasswordCredential | null | undefined) ?? {}
const argon2In = (credential: unknown): string | null => credentialIn(credential).argon2 ?? null
const digestOf = (argon2: string): string => createHash('sha256').update(argon2).digest('base64url')

/** A password stored by Sallyport. Accounts that do not exist take the same work and give the same answer. */
export const password: Factor<'password'> = {
  contract: contracts.password,
  several: false,
  asksWhichOne: false,
  uses: 'until-right',
  answeredWithName: true,

  challenge: async () => ({ prompt: {}, state: null }),

  async verify(context, answer) {
    const wrong = { is: 'refused', why: { code: 'wrong-password' } } as const
    if (Buffer.byteLength(answer.password) > longestBytes) return wrong
    const { argon2id: cost } = context.site.passwords
    const [own] = await context.authenticators()
    const right = await matches(argon2In(own?.credential), answer.password, cost)
    if (right === 'busy') return { is: 'unavailable', why: { code: 'busy' } }
    if (!right || !own || context.account === null) return wrong

    // A hash of another cost, imported or of before, is replaced while the password is at hand.
    const before = argon2In(own.credential) ?? ''
    const renewed = isCurrentHash(before, cost) ? null : await hashed(answer.password, cost)
    const digest = credentialIn(own.credential).digest ?? digestOf(before)
    return {
      is: 'proven',
      account: context.account,
      authenticator: own.id,
      proof: { methods: ['pwd'], proves: ['knows'] },
      spends: renewed ? [{ ...own, credential: { argon2: renewed, digest } satisfies PasswordCredential }] : [],
    }
  },

  async import(secret, person, before) {
    const credential = argon2In(before)
    if (isHash(secret)) {
      if (credential === secret || credentialIn(before).digest === digestOf(secret))
        return { ok: true, credential: before }
      const fault = faultOfHash(secret)
      return fault ? { ok: false, message: fault } : { ok: true, credential: { argon2: secret } }
    }
    const fault = faultOf(secret, person)
    if (fault) return { ok: false, message: fault }
    if (credential && (await isHashOf(credential, secret))) return { ok: true, credential: before }
    const made = await hashed(secret, person.passwords.argon2id)
    return made
      ? { ok: true, credential: { argon2: made } }
      : { ok: false, message: 'Too many passwords are being hashed.' }
  },
}
