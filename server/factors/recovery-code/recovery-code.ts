import { contracts } from '#shared/factors/index.ts'
import type { Factor } from '../contract/factor.ts'
import { hashOf, type Kept, keptIn, left, meant, newCodes, placeOf } from './codes.ts'

const keeping = (codes: readonly string[]): Kept => ({
  codes: codes.map((code) => ({ hash: hashOf(meant(code) ?? ''), usedAt: null })),
})

/** Codes on paper. They pass a step that names them, and nothing else. */
export const recoveryCode: Factor<'recovery-code'> = {
  contract: contracts['recovery-code'],
  several: false,
  named: false,
  uses: 'until-right',

  async challenge({ known, authenticators }) {
    const [set] = await authenticators()
    return { prompt: { left: known && set ? Math.max(0, left(keptIn(set.kept)) - 1) : null }, kept: null }
  },

  async verify({ now, account, authenticators }, answer) {
    const hash = hashOf(meant(answer.code) ?? '')
    const [set] = await authenticators()
    const kept = set ? keptIn(set.kept) : { codes: [] }
    const place = placeOf(kept, hash)
    const code = kept.codes[place]
    if (!set || !code || account === null) return { is: 'refused', why: { code: 'wrong-recovery-code' } }
    if (code.usedAt !== null) return { is: 'refused', why: { code: 'used-recovery-code' } }
    const codes = kept.codes.with(place, { ...code, usedAt: now.getTime() })
    return {
      is: 'proven',
      account,
      authenticator: set.id,
      proof: { methods: ['otp'], proves: ['has'] },
      ifSpent: { code: 'used-recovery-code' },
      spends: [{ ...set, kept: { codes } satisfies Kept }],
    }
  },

  enrolment: {
    async begin() {
      const codes = newCodes()
      return { is: 'asked', prompt: { codes }, kept: keeping(codes) }
    },
    accept: async (_who, _answer, kept) => ({ is: 'made', label: 'Recovery codes', kept }),
  },

  async import(secret, _person, before) {
    const codes = secret.split(/[\s,]+/).filter(Boolean)
    if (codes.length === 0 || codes.some((code) => !meant(code)))
      return {
        ok: false,
        message: 'A recovery code has 16 letters and digits (Crockford’s base 32), and a space after it.',
      }
    const kept = keeping(codes)
    const hashes = ({ codes: all }: Kept) => all.map(({ hash }) => hash).join()
    return { ok: true, kept: before && hashes(keptIn(before)) === hashes(kept) ? before : kept }
  },
}
