import { createHash } from 'node:crypto'
import { contracts } from '#shared/factors/index.ts'
import type { Factor } from '../contract/factor.ts'
import { faultOfHash, isHash } from './cost.ts'
import { hashed, isCurrent, isHashOf, matches } from './hash.ts'
import { faultOf, longestBytes } from './rules.ts'

interface Kept {
  readonly argon2: string
  /** Of the imported hash that this one replaced: the same import again is the same secret. */
  readonly digest?: string
}
const keptIn = (kept: unknown): Partial<Kept> => (kept as Kept | null | undefined) ?? {}
const argon2In = (kept: unknown): string | null => keptIn(kept).argon2 ?? null
const digestOf = (argon2: string): string => createHash('sha256').update(argon2).digest('base64url')

/** A password that we keep ourselves. The same work and the same answer for people who do not exist. */
export const password: Factor<'password'> = {
  contract: contracts.password,
  several: false,
  named: false,
  uses: 'until-right',

  challenge: async () => ({ prompt: {}, kept: null }),

  async verify(context, answer) {
    const wrong = { is: 'refused', why: { code: 'wrong-password' } } as const
    if (Buffer.byteLength(answer.password) > longestBytes) return wrong
    const [own] = await context.authenticators()
    const right = await matches(argon2In(own?.kept), answer.password)
    if (right === 'busy') return { is: 'unavailable', why: { code: 'busy' } }
    if (!right || !own || context.account === null) return wrong

    // A hash of another cost, from an import, is replaced while we have the password.
    const before = argon2In(own.kept) ?? ''
    const renewed = isCurrent(before) ? null : await hashed(answer.password)
    return {
      is: 'proven',
      account: context.account,
      authenticator: own.id,
      proof: { methods: ['pwd'], proves: ['knows'] },
      spends: renewed ? [{ ...own, kept: { argon2: renewed, digest: digestOf(before) } satisfies Kept }] : [],
    }
  },

  async import(secret, person, before) {
    const kept = argon2In(before)
    if (isHash(secret)) {
      if (kept === secret || keptIn(before).digest === digestOf(secret)) return { ok: true, kept: before }
      const fault = faultOfHash(secret)
      return fault ? { ok: false, message: fault } : { ok: true, kept: { argon2: secret } }
    }
    const fault = faultOf(secret, person)
    if (fault) return { ok: false, message: fault }
    if (kept && (await isHashOf(kept, secret))) return { ok: true, kept: before }
    const made = await hashed(secret)
    return made ? { ok: true, kept: { argon2: made } } : { ok: false, message: 'Too many passwords are being hashed.' }
  },
}
