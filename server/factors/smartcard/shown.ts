import { randomUUID } from 'node:crypto'
import type { CardShown, Shown } from '#shared/factors/smartcard.ts'
import type { CardAnchor } from './card.ts'
import { bindings, handleOf, keyHandleOf } from './handle.ts'
import type { Judgement } from './judge.ts'
import { type Certificate, readCertificate } from './x509/certificate.ts'
import { Malformed } from './x509/der.ts'
import { commonNameIn } from './x509/names.ts'

/** What the sign-in is told: what a good card is known by, or why it is not taken. */
export function shownBy(judgement: Judgement<CardAnchor>, sent: Uint8Array | undefined): Shown {
  const handle = judgement.ok ? readable(() => handleOf(judgement.card, judgement.issuer, judgement.anchor)) : null
  if (!judgement.ok || handle === null) {
    const card = sent ? readCertificate(sent) : null
    const why = judgement.ok ? 'wrong-card' : judgement.why
    const detail = judgement.ok ? 'no name to know it by, or more than one' : judgement.detail
    return { handle: card ? keyHandleOf(card) : `none ${randomUUID()}`, card: null, unlocked: false, why, detail }
  }
  const { card, anchor } = judgement
  return { handle, card: shownOf(card), unlocked: anchor.unlocked, why: null, detail: '' }
}

/** What a card could be linked by in a people file, by each binding for which it has a name of its own. */
export const handlesOf = (card: Certificate, issuer: Certificate, anchor: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    bindings.flatMap((binding) => {
      const handle = readable(() => handleOf(card, issuer, { name: anchor, binding }))
      return handle === null ? [] : [[binding, handle]]
    }),
  )

const shownOf = ({ subject, issuer, serial, until }: Certificate): CardShown => ({
  name: readable(() => commonNameIn(subject)),
  issuer: readable(() => commonNameIn(issuer)),
  serial: serial.slice(-6).toUpperCase(),
  until: new Date(until).toISOString(),
})

/** A name that is not written as it must be is none. */
function readable<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof Malformed) return null
    throw error
  }
}
