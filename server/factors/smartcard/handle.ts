import { canonical } from '#shared/username.ts'
import { readSubject } from './subject.ts'
import { type Certificate, keyHashOf } from './x509/certificate.ts'
import { emailsOf, upnsOf } from './x509/general-names.ts'
import { subjectTextOf } from './x509/name-string.ts'

/** What a card is known by, set for each anchor: its key, its number, or a name that the anchor is trusted to give. */
export const cardBindings = ['key', 'certificate', 'upn', 'email', 'subject'] as const
export type CardBinding = (typeof cardBindings)[number]

/** Names are an anchor's own: another one's certificate with the same name is somebody else's. */
const handle = /^(key [\w-]{43}|certificate [\w-]{43} ([0-9a-f]{2}){1,21}|(upn|email|subject) [\w.-]{1,64} \S.{0,500})$/

export const keyHandleOf = (card: Certificate): string => `key ${keyHashOf(card)}`

/** What the card calls itself; null when it has no name of that kind, more than one, or one that nobody can have. */
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
      // By the issuer's key: two authorities may have one name.
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

/** A handle as an operator wrote it, in the one form that cards have. Throws `BadSubject` for a subject that is none. */
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

/** A number as cards have it: DER puts 00 before a top bit (X.690 §8.3), and OpenSSL and Node do not print it. */
function serialIn(hex: string): string {
  const bare = hex.toLowerCase().replace(/^(00)+(?=..)/, '')
  return /^[89a-f]/.test(bare) ? `00${bare}` : bare
}
