import { canonical } from '#shared/username.ts'
import { readSubject } from './subject.ts'
import { type Certificate, keyHashOf } from './x509/certificate.ts'
import { emailsOf, upnsOf } from './x509/general-names.ts'
import { subjectTextOf } from './x509/name-string.ts'

/** What binds a card to a person, configured for each anchor: its key, its serial number, or a name from the anchor. */
export const cardBindings = ['key', 'certificate', 'upn', 'email', 'subject'] as const
export type CardBinding = (typeof cardBindings)[number]

/** The form of handles. Names belong to their anchor: the same name under another anchor is another person's. */
const handle = /^(key [\w-]{43}|certificate [\w-]{43} ([0-9a-f]{2}){1,21}|(upn|email|subject) [\w.-]{1,64} \S.{0,500})$/

export const keyHandleOf = (card: Certificate): string => `key ${keyHashOf(card)}`

/** The handle of a card by a binding; null when the card has no such name, several, or an impossible one. */
export function handleOf(
  card: Certificate,
  issuer: Pick<Certificate, 'subjectPublicKeyInfo'>,
  anchor: { readonly name: string; readonly binding: CardBinding },
): string | null {
  const named = (name: string | null) => (name === null ? null : `${anchor.binding} ${anchor.name} ${name}`)
  switch (anchor.binding) {
    case 'key':
      return keyHandleOf(card)
    case 'certificate':
      // Serial numbers are unique to an issuer's key: two authorities may have the same name.
      return `certificate ${keyHashOf(issuer)} ${card.serial}`
    case 'upn':
      return named(single(upnsOf(card)))
    case 'email':
      return named(single(emailsOf(card)))
    case 'subject':
      return named(subjectTextOf(card) || null)
  }
}

const single = ([name, ...others]: readonly string[]): string | null =>
  name === undefined || others.length > 0 ? null : canonical(name)

/** An operator's handle in canonical form; null for none. Throws `BadSubject` for a malformed subject. */
export function readHandle(written: string): string | null {
  const [binding, anchor, ...rest] = written.trim().split(' ')
  const name = nameIn(binding, rest.join(' '))
  const whole = [binding, anchor, name].filter(Boolean).join(' ')
  return name !== null && handle.test(whole) ? whole : null
}

function nameIn(binding: string | undefined, written: string): string | null {
  if (binding === 'certificate') return serialIn(written)
  if (binding === 'subject') return written && readSubject(written)
  return binding === 'upn' || binding === 'email' ? canonical(written) : written
}

/** A serial number in DER's form: 00 before a set top bit (X.690 §8.3), which OpenSSL and Node do not print. */
function serialIn(hex: string): string {
  const bare = hex.toLowerCase().replace(/^(00)+(?=..)/, '')
  return /^[89a-f]/.test(bare) ? `00${bare}` : bare
}
