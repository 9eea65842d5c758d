import { type Certificate, keyUsages } from './certificate.ts'
import { issuerSkewMs } from './certification-path.ts'
import type { Crl } from './crl.ts'
import { isSameName } from './distinguished-name.ts'
import { allReasons, type DistributionPoint, haveSameName, pointsOf } from './distribution-point.ts'
import { generalNameTags } from './general-names.ts'
import type { Opinion } from './opinion.ts'
import { isSignedBy } from './signature.ts'

export interface FoundCrl {
  /** The file or the address, for the log. */
  readonly source: string
  readonly list: Crl
}

/** The certificate whose status is looked up, and the certificates whose keys may have signed the lists. */
export interface Subject {
  readonly certificate: Certificate
  readonly issuer: Certificate
  /** Certificates that may hold another key of the issuer. */
  readonly signers: readonly Certificate[]
  /** Whether a signer's certificate is itself good, under the same anchor. */
  readonly isTrusted: (signer: Certificate) => Promise<boolean>
  readonly now: number
}

/** A list that is signed by the issuer and covers the certificate. */
interface Usable extends FoundCrl {
  readonly key: Buffer
  readonly reasons: ReadonlySet<number>
  /** Why a delta list does not count now; null for a current list. */
  readonly untimely: string | null
}

/** The opinions of lists on a certificate (RFC 5280 §6.3.3), of each complete list with its delta lists. */
export async function opinionsIn(found: readonly FoundCrl[], subject: Subject): Promise<readonly Opinion[]> {
  const opinions: Opinion[] = []
  const usable: Usable[] = []
  for (const crl of found) {
    const result = await usableOr(crl, subject)
    if (result && 'status' in result) opinions.push(result)
    else if (result) usable.push(result)
  }
  const [complete, deltas] = [
    usable.filter(({ list }) => list.baseCrlNumber === null),
    usable.filter(({ list }) => list.baseCrlNumber !== null),
  ]
  if (complete.length === 0)
    for (const { source } of deltas) opinions.push(undecided(source, 'a delta list without the list that it adds to'))
  const covered = new Set<number>()
  for (const base of complete) {
    const opinion = opinionOf(base, deltas, subject.certificate.serial)
    if (opinion.status === 'good') for (const reason of base.reasons) covered.add(reason)
    else opinions.push(opinion)
  }
  if (allReasons.isSubsetOf(covered)) opinions.push({ status: 'good', detail: '' })
  else if (covered.size > 0)
    opinions.push(undecided(complete.map(({ source }) => source).join(', '), 'some reasons only'))
  return opinions
}

const undecided = (source: string, why: string): Opinion => ({ status: 'undecided', detail: `${source}: ${why}` })
const nothing = (source: string, why: string): Opinion => ({ status: null, detail: `${source}: ${why}` })

/** Checks a list for use; an opinion when the list cannot be used, null for the list of another issuer. */
async function usableOr({ source, list }: FoundCrl, subject: Subject): Promise<Usable | Opinion | null> {
  const { certificate, now } = subject
  const points = pointsOf(certificate)
  const isOwn = isSameName(list.issuer, certificate.issuer)
  const isNamed = points.some(({ crlIssuers }) => crlIssuers.some((one) => isSameName(one, list.issuer)))
  if (!isOwn) return list.scope.indirect && isNamed ? undecided(source, 'an indirect list') : null
  const reasons = reasonsIn(list, certificate, points)
  if (!reasons) return nothing(source, 'a list of other certificates')
  const untimely = untimelinessOf(list, now)
  // A delta list that has ended still says that there is more to know than its complete list does.
  if (untimely && list.baseCrlNumber === null) return nothing(source, untimely)
  const signer = await keyThatSigned(list, subject)
  if (!signer) return nothing(source, 'not signed by its issuer')
  if (!signer.isTrusted) return undecided(source, 'signed with a key of its issuer that is not known to be good')
  return { source, list, reasons, untimely, key: signer.key }
}

function untimelinessOf({ thisUpdate, nextUpdate }: Crl, now: number): string | null {
  if (nextUpdate < now) return `ended at ${new Date(nextUpdate).toISOString()}`
  return thisUpdate > now + issuerSkewMs ? `begins at ${new Date(thisUpdate).toISOString()}` : null
}

/** The revocation reasons that a list covers for a certificate; null for a list of others (§6.3.3(b) and (d)). */
function reasonsIn(
  { scope }: Crl,
  { ca, issuer }: Certificate,
  points: readonly DistributionPoint[],
): ReadonlySet<number> | null {
  if (ca ? !scope.authorities : !scope.users) return null
  const { names } = scope
  // A list of the issuer without a distribution point is at the issuer's own name (§6.3.3).
  const implicit = { names: [{ tag: generalNameTags.directory, body: issuer }], reasons: allReasons, crlIssuers: [] }
  // An indirect list at a point that names its signer (cRLIssuer) may be signed by the certificate's own issuer.
  const isOf = ({ crlIssuers }: DistributionPoint) =>
    crlIssuers.length === 0 || (scope.indirect && crlIssuers.some((one) => isSameName(one, issuer)))
  const matching = [...points, implicit].filter(
    (point) => isOf(point) && (names === null || haveSameName(namesOf(point), names)),
  )
  if (matching.length === 0) return null
  return new Set(matching.flatMap(({ reasons }) => [...reasons])).intersection(scope.reasons)
}

/** The names of a distribution point; without one, the names of its signers (§6.3.3(b)(2)(i)). */
const namesOf = ({ names, crlIssuers }: DistributionPoint): DistributionPoint['names'] =>
  names.length > 0 ? names : crlIssuers.map((body) => ({ tag: generalNameTags.directory, body }))

/**
 * The key that signed a list: the key that signed the certificate, or another key of the same issuer (§6.3.3(f)). Null
 * for a list that neither signed.
 */
async function keyThatSigned(
  list: Crl,
  { issuer, signers, isTrusted }: Subject,
): Promise<{ readonly key: Buffer; readonly isTrusted: boolean } | null> {
  const hasSigned = ({ x509 }: Certificate) =>
    isSignedBy(x509.publicKey, list.signatureAlgorithm, list.tbsCertList, list.signature)
  if (issuer.keyUsage?.has(keyUsages.crlSign) !== false && hasSigned(issuer))
    return { key: issuer.subjectPublicKeyInfo, isTrusted: true }
  const others = signers.filter(
    (one) => one.keyUsage?.has(keyUsages.crlSign) && isSameName(one.subject, list.issuer) && hasSigned(one),
  )
  const [signer] = others
  if (!signer) return null
  // One key may have several certificates.
  const trusted = await Promise.all(others.map(isTrusted))
  return { key: signer.subjectPublicKeyInfo, isTrusted: trusted.includes(true) }
}

/** The opinion of a complete list with its newer delta lists (§6.3.3(c), (i) to (k)). */
function opinionOf({ source, list, key }: Usable, deltas: readonly Usable[], serial: string): Opinion {
  const newer = deltas.filter(
    (delta) => list.crlNumber === null || delta.list.crlNumber === null || delta.list.crlNumber > list.crlNumber,
  )
  for (const delta of newer) {
    const why = faultOfDelta(delta, list, key)
    if (why && list.revoked.has(serial))
      return { status: 'revoked', detail: `${source}, beside ${delta.source}: ${why}` }
    if (why) return undecided(delta.source, why)
  }
  const last = newer.reduce<Crl | null>(
    (latest, { list: delta }) => (latest && (latest.crlNumber ?? 0n) >= (delta.crlNumber ?? 0n) ? latest : delta),
    null,
  )
  const isRevoked = last?.revoked.has(serial) || (list.revoked.has(serial) && !last?.removed.has(serial))
  if (isRevoked) return { status: 'revoked', detail: source }
  return list.scope.indirect ? undecided(source, 'an indirect list') : { status: 'good', detail: '' }
}

function faultOfDelta({ list: delta, key, untimely }: Usable, complete: Crl, completeKey: Buffer): string | null {
  if (untimely) return `a delta list that ${untimely}`
  if (!key.equals(completeKey)) return 'a delta list that is signed with another key than its complete list'
  const isSameScope = Buffer.compare(delta.scope.raw ?? Buffer.alloc(0), complete.scope.raw ?? Buffer.alloc(0)) === 0
  if (!isSameScope) return 'a delta list of other certificates than its complete list'
  const isBase =
    delta.crlNumber !== null &&
    complete.crlNumber !== null &&
    delta.baseCrlNumber !== null &&
    delta.baseCrlNumber <= complete.crlNumber
  return isBase ? null : 'a delta list that adds to a newer list than there is'
}
