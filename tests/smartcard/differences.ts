import { X509Certificate } from 'node:crypto'
import { type Fields, fieldsOf, peculiarFieldsOf } from './certificate-fields.ts'

type Reading = { readonly fields: Fields } | { readonly refusal: string }

function read(fields: () => Fields | null): Reading {
  try {
    const all = fields()
    return all ? { fields: all } : { refusal: 'no certificate' }
  } catch (error) {
    return { refusal: (error as Error).message }
  }
}

/**
 * How the product's reading of a certificate differs from that of `@peculiar/x509`; null where it does not. Where that one
 * refuses and the product does not, what the product reads otherwise than in the certificate that was mutated.
 */
export function differenceIn(bytes: Uint8Array, unmutated = bytes): string | null {
  const [own, other] = [read(() => fieldsOf(bytes)), read(() => peculiarFieldsOf(bytes))]
  if ('refusal' in own) return 'refusal' in other ? null : `refused: ${isParsed(bytes) ? own.refusal : 'by OpenSSL'}`
  const before = fieldsOf(unmutated) ?? {}
  if ('refusal' in other) return `read with another ${namesOf(differing(own.fields, before))}: ${other.refusal}`
  const names = differing(own.fields, other.fields).filter(
    (name) => name !== 'serial' || !isSigned(own.fields, other.fields),
  )
  return names.length > 0 ? `differing: ${namesOf(names)}` : null
}

const namesOf = (names: readonly string[]) => names.join(', ') || 'nothing'
const differing = (own: Fields, other: Fields) =>
  Object.keys(own).filter((field) => JSON.stringify(own[field]) !== JSON.stringify(other[field]))
/** `@peculiar/x509` leaves out the octet that keeps a number positive: 255 and -1 are both "ff" to it. */
const isSigned = (own: Fields, other: Fields) => own.serial === `00${other.serial}`

/** Whether Node, which is OpenSSL, takes it for a certificate with a key. */
function isParsed(bytes: Uint8Array): boolean {
  try {
    return new X509Certificate(bytes).publicKey !== undefined
  } catch {
    return false
  }
}
