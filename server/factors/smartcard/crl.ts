import { type Certificate, extensions, extensionsIn, usages } from './certificate.ts'
import {
  bytesIn,
  context,
  contextOf,
  type Der,
  elements,
  expected,
  hexIn,
  inside,
  isTime,
  Malformed,
  only,
  tags,
  timeIn,
} from './der.ts'
import { asciiIn } from './names.ts'
import { skewMs } from './path.ts'
import { isSignedBy } from './signature.ts'

/** A certificate revocation list (RFC 5280 §5). */
export interface RevocationList {
  readonly signed: Buffer
  readonly algorithm: Der
  readonly signature: Buffer
  readonly issuer: Buffer
  readonly from: number
  readonly until: number
  /** Serial numbers in hexadecimal. */
  readonly revoked: ReadonlySet<string>
  readonly scope: Scope
}

/** Which certificates it speaks of (RFC 5280 §5.2.5). */
interface Scope {
  readonly users: boolean
  readonly authorities: boolean
  /** The addresses that it is one part at; null when it is whole. */
  readonly addresses: readonly string[] | null
}

const scopeId = '2.5.29.28'
const known: ReadonlySet<string> = new Set([scopeId])
const pem = /-----BEGIN X509 CRL-----([\s\S]+?)-----END X509 CRL-----/

/** A list in PEM or DER. Throws for what is none, and for one that says something that we do not understand. */
export function readList(file: Buffer): RevocationList {
  const text = pem.exec(file.subarray(0, 64).includes('-----BEGIN') ? file.toString('latin1') : '')?.[1]
  const [tbs, algorithm, signature] = inside(only(text ? Buffer.from(text, 'base64') : file, tags.sequence))
  const fields = inside(tbs)
  const at = fields.findIndex(isTime)
  const isNext = fields[at + 1] && isTime(fields[at + 1] as Der)
  // Without an end it would be good for ever.
  if (at < 2 || !isNext) throw new Malformed('a list without an end')
  const rest = fields.slice(at + 2)
  const extended = rest.find(({ tag }) => tag === contextOf(0))
  const { values, obscure } = extensionsIn(extended && only(extended.body, tags.sequence), known)
  if (obscure) throw new Malformed('a list with an unknown critical extension')
  return {
    signed: expected(tbs, tags.sequence).raw,
    algorithm: expected(algorithm, tags.sequence),
    signature: bytesIn(signature),
    issuer: expected(fields[at - 1], tags.sequence).raw,
    from: timeIn(fields[at]),
    until: timeIn(fields[at + 1]),
    revoked: revokedIn(rest.find(({ tag }) => tag === tags.sequence)),
    scope: scopeIn(values.get(scopeId)),
  }
}

function revokedIn(list: Der | undefined): ReadonlySet<string> {
  const serials = new Set<string>()
  for (const entry of list ? elements(list.body) : []) {
    const [serial, , extended] = elements(expected(entry, tags.sequence).body)
    // Of another issuer, for instance (RFC 5280 §5.3.3): then the serial numbers mean something else.
    if (extended && extensionsIn(extended, new Set()).obscure) throw new Malformed('an entry that is not understood')
    serials.add(hexIn(serial))
  }
  return serials
}

function scopeIn(bytes: Buffer | undefined): Scope {
  const scope = { users: true, authorities: true, addresses: null as readonly string[] | null }
  for (const { tag, body } of bytes ? inside(only(bytes, tags.sequence)) : []) {
    if (tag === contextOf(0)) scope.addresses = addressesIn(body)
    else if (tag === context(1)) scope.authorities = body[0] === 0
    else if (tag === context(2)) scope.users = body[0] === 0
    else throw new Malformed('a list of some reasons, of attributes, or of other issuers')
  }
  return scope
}

/** The http addresses of a distribution point's name. */
const addressesIn = (name: Buffer): readonly string[] =>
  [...elements(name)]
    .filter(({ tag }) => tag === contextOf(0))
    .flatMap(({ body }) => [...elements(body)].filter(({ tag }) => tag === context(6)))
    .map(({ body }) => asciiIn(body))

/** Where a certificate says that its issuer's lists are (RFC 5280 §4.2.1.13); of the issuer's own lists alone. */
export function listAddressesOf(certificate: Certificate): readonly string[] {
  const points = certificate.extensions.get(extensions.listAddresses)
  return (points ? inside(only(points, tags.sequence)) : [])
    .map((point) => inside(point))
    .filter((fields) => !fields.some(({ tag }) => tag === context(1) || tag === contextOf(2)))
    .flatMap((fields) => fields.filter(({ tag }) => tag === contextOf(0)).flatMap(({ body }) => addressesIn(body)))
}

/** What a list says about a certificate; null when it is not its issuer's, not current, or not about it. */
export function statusIn(
  list: RevocationList,
  certificate: Certificate,
  issuer: Certificate,
  now: number,
): 'good' | 'revoked' | null {
  if (!list.issuer.equals(issuer.subject) || !list.issuer.equals(certificate.issuer)) return null
  if (list.from > now + skewMs || list.until < now) return null
  if (issuer.usage && !issuer.usage.has(usages.revoke)) return null
  const { users, authorities, addresses } = list.scope
  if (certificate.authority ? !authorities : !users) return null
  if (addresses && !listAddressesOf(certificate).some((one) => addresses.includes(one))) return null
  if (!isSignedBy(issuer.x509.publicKey, list.algorithm, list.signed, list.signature)) return null
  return list.revoked.has(certificate.serial) ? 'revoked' : 'good'
}
