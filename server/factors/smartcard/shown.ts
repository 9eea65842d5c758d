import { randomUUID } from 'node:crypto'
import type { CardShown, Shown } from '#shared/factors/smartcard.ts'
import type { CardAnchor } from './card.ts'
import { cardBindings, handleOf, keyHandleOf } from './handle.ts'
import type { CardValidation } from './validate-card.ts'
import { type Certificate, readCertificate } from './x509/certificate.ts'
import { Malformed } from './x509/der.ts'
import { commonNameIn } from './x509/name-string.ts'

/** The card host's answer for the sign-in: an accepted card's handle, or the reason of the refusal. */
export function shownBy(validation: CardValidation<CardAnchor>, sent: Uint8Array | undefined): Shown {
  const handle = validation.ok ? readable(() => handleOf(validation.card, validation.issuer, validation.anchor)) : null
  if (!validation.ok || handle === null) {
    const card = sent ? readCertificate(sent) : null
    const why = validation.ok ? 'wrong-card' : validation.why
    const detail = validation.ok ? 'no name to know it by, or more than one' : validation.detail
    return { handle: card ? keyHandleOf(card) : `none ${randomUUID()}`, card: null, unlocked: false, why, detail }
  }
  const { card, anchor } = validation
  return { handle, card: shownOf(card), unlocked: anchor.unlocked, why: null, detail: '' }
}

/** The handles by which a people file could link a card, for each binding that the card supports. */
export const handlesOf = (card: Certificate, issuer: Certificate, anchor: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    cardBindings.flatMap((binding) => {
      const handle = readable(() => handleOf(card, issuer, { name: anchor, binding }))
      return handle === null ? [] : [[binding, handle]]
    }),
  )

const shownOf = ({ subject, issuer, serial, notAfter: until }: Certificate): CardShown => ({
  name: readable(() => commonNameIn(subject)),
  issuer: readable(() => commonNameIn(issuer)),
  serial: serial.slice(-6).toUpperCase(),
  until: new Date(until).toISOString(),
})

/** The result of reading a name from a certificate; null for a malformed name. */
function readable<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof Malformed) return null
    throw error
  }
}
