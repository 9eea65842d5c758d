import { contracts } from '#shared/factors/index.ts'
import type { Factor } from '../contract/factor.ts'
import {
  codeHashOf,
  codeMeant,
  newCodes,
  placeOf,
  type RecoveryCodesCredential,
  recoveryCodesIn,
  unusedCodes,
} from './codes.ts'

const credentialOf = (codes: readonly string[]): RecoveryCodesCredential => ({
  codes: codes.map((code) => ({ hash: codeHashOf(codeMeant(code) ?? ''), usedAt: null })),
})

/** Recovery codes on paper. They pass only a step that names them. */
export const recoveryCode: Factor<'recovery-code'> = {
  contract: contracts['recovery-code'],
  several: false,
  asksWhichOne: false,
  uses: 'until-right',

  async challenge({ hasProof: known, authenticators }) {
    const [set] = await authenticators()
    return {
      prompt: { left: known && set ? Math.max(0, unusedCodes(recoveryCodesIn(set.credential)) - 1) : null },
      state: null,
    }
  },

  async verify({ now, account, authenticators }, answer) {
    const hash = codeHashOf(codeMeant(answer.code) ?? '')
    const [set] = await authenticators()
    const credential = set ? recoveryCodesIn(set.credential) : { codes: [] }
    const place = placeOf(credential, hash)
    const code = credential.codes[place]
    if (!set || !code || account === null) return { is: 'refused', why: { code: 'wrong-recovery-code' } }
    if (code.usedAt !== null) return { is: 'refused', why: { code: 'used-recovery-code' } }
    const codes = credential.codes.with(place, { ...code, usedAt: now.getTime() })
    return {
      is: 'proven',
      account,
      authenticator: set.id,
      proof: { methods: ['otp'], proves: ['has'] },
      ifSpent: { code: 'used-recovery-code' },
      spends: [{ ...set, credential: { codes } satisfies RecoveryCodesCredential }],
    }
  },

  enrolment: {
    async begin() {
      const codes = newCodes()
      return { is: 'asked', prompt: { codes }, state: credentialOf(codes) }
    },
    accept: async (_who, _answer, state) => ({ is: 'made', label: 'Recovery codes', credential: state }),
  },

  async import(secret, _person, before) {
    const codes = secret.split(/[\s,]+/).filter(Boolean)
    if (codes.length === 0 || codes.some((code) => !codeMeant(code)))
      return {
        ok: false,
        message: 'A recovery code has 16 letters and digits (Crockford’s base 32), and a space after it.',
      }
    const credential = credentialOf(codes)
    const hashes = ({ codes: all }: RecoveryCodesCredential) => all.map(({ hash }) => hash).join()
    return {
      ok: true,
      credential: before && hashes(recoveryCodesIn(before)) === hashes(credential) ? before : credential,
    }
  },
}
