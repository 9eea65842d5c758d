import { contracts } from '#shared/factors/index.ts'
import type { Shown } from '#shared/factors/smartcard.ts'
import type { Enrolment, Factor, Verdict } from '../contract/factor.ts'
import { readHandle } from './handle.ts'
import { BadSubject } from './subject.ts'

const proofs = {
  unlocked: { methods: ['sc', 'hwk'], proves: ['has', 'knows'] },
  present: { methods: ['sc'], proves: ['has'] },
} as const

interface SmartcardCredential {
  readonly handle: string
}
const sealedHandle = (credential: unknown) => (credential as SmartcardCredential).handle

function readWritten(
  written: string,
): { readonly ok: true; readonly handle: string } | { readonly ok: false; readonly message: string } {
  try {
    const handle = readHandle(written)
    if (handle) return { ok: true, handle }
  } catch (error) {
    if (error instanceof BadSubject) return { ok: false, message: error.message }
    throw error
  }
  return { ok: false, message: 'A card is written as "key HASH", "certificate HASH SERIAL" or "upn ANCHOR NAME".' }
}

/** Whether a refusal is not the person's fault, and so costs no attempt. */
const isNobodys = (why: Shown['why']) => why === 'no-card' || why === 'revocation-unknown'

type Asking = { readonly handle: string; readonly label: string }

/** Enrolment of a card: presented first, then confirmed by its holder, as a browser may send an unintended card. */
const enrolment: Enrolment<'smartcard'> = {
  begin: async () => ({ is: 'asked', prompt: { card: null }, state: null }),
  async accept(_who, answer, state) {
    const before = state as Asking | null
    if ('yes' in answer || before) {
      if (!('yes' in answer) || !before) return { is: 'refused', why: { code: 'no-card' } }
      const { handle, label } = before
      return { is: 'made', label, credential: { handle }, handle }
    }
    const { handle, card, why } = answer
    if (why) return { is: 'refused', why: { code: why } }
    const asking: Asking = { handle, label: card?.name ?? 'Smartcard' }
    return { is: 'asked', prompt: { card }, state: asking, here: true }
  },
}

/** A card in a reader. The card host has validated the card (host.ts); this decides to whom it belongs. */
export const smartcard: Factor<'smartcard'> = {
  contract: contracts.smartcard,
  several: true,
  asksWhichOne: false,
  uses: 'once',

  challenge: async () => ({ prompt: {}, state: null }),
  usernamelessChallenge: async () => ({ prompt: {}, state: null }),
  handleOf: ({ handle }) => handle,

  async verify(context, { handle, unlocked, why, detail }): Promise<Verdict> {
    if (isNobodys(why)) return { is: 'unavailable', why: { code: why } }
    if (why) return { is: 'refused', why: { code: why }, remark: detail }
    // The sealed handle decides, and not the readable column next to it.
    const authenticator = (await context.authenticators()).find(({ credential }) => sealedHandle(credential) === handle)
    if (!authenticator || context.account === null)
      return { is: 'refused', why: { code: context.isSomebodyElses ? 'others-card' : 'unlinked-card' } }
    return {
      is: 'proven',
      account: context.account,
      authenticator: authenticator.id,
      proof: unlocked ? proofs.unlocked : proofs.present,
      spends: [],
    }
  },

  enrolment,

  async import(secret, _person, before) {
    const read = readWritten(secret)
    if (!read.ok) return read
    const { handle } = read
    const same = before && sealedHandle(before) === handle
    return { ok: true, credential: same ? before : ({ handle } satisfies SmartcardCredential), handle }
  },
}
