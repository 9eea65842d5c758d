import type { CertificationPath } from './certificate.ts'
import { type Certificate, extensions, isSelfIssued, keyUsages } from './certificate.ts'
import { childrenOf, context, onlyElement, tags } from './der.ts'
import { isEmptyName, isSameName } from './distinguished-name.ts'
import { isIssuedFor, type Purposes } from './extended-key-usage.ts'
import { satisfiesNameConstraints } from './name-constraints.ts'
import { hasValidPolicies, type PolicyInputs } from './policy-graph.ts'
import { isAccepted, isQuick, isStrong } from './signature.ts'

const mostIssuers = 6
/** The limit of signatures verified for one leaf, since each costs and a client may send many certificates. */
const mostSignatures = 60
/** The limit of paths for one leaf, since each is validated and cross certificates multiply them. */
const mostPaths = 16

/** The paths from a certificate to the anchors, by names, key identifiers and signatures; not validated further yet. */
export function pathsTo(
  anchors: readonly Certificate[],
  leaf: Certificate,
  others: readonly Certificate[],
): readonly CertificationPath[] {
  let signatures = 0
  const issued = (issuer: Certificate, certificate: Certificate) =>
    isNamedIssuer(issuer, certificate) &&
    isQuick(issuer.x509.publicKey) &&
    signatures++ < mostSignatures &&
    certificate.x509.verify(issuer.x509.publicKey)
  const walk = (path: CertificationPath): readonly CertificationPath[] => {
    const last = path.at(-1) ?? leaf
    const ends = anchors.filter((anchor) => issued(anchor, last)).map((anchor): CertificationPath => [...path, anchor])
    if (path.length > mostIssuers) return ends
    const on = others.filter(
      (candidate) => !path.some((before) => before.x509.raw.equals(candidate.x509.raw)) && issued(candidate, last),
    )
    return [...ends, ...on.flatMap((next) => walk([...path, next]))]
  }
  return walk([leaf]).slice(0, mostPaths)
}

/**
 * Whether a certificate names this issuer (RFC 5280 §6.1.3(a)(4)), by its key identifier too where both have one: that
 * spares verifying signatures (§4.2.1.1).
 */
function isNamedIssuer(issuer: Certificate, certificate: Certificate): boolean {
  if (isEmptyName(certificate.issuer) || !isSameName(issuer.subject, certificate.issuer)) return false
  const [own, wanted] = [subjectKeyIdentifierOf(issuer), authorityKeyIdentifierOf(certificate)]
  return !own || !wanted || own.equals(wanted)
}

/** The subject key identifier (RFC 5280 §4.2.1.2); null where the certificate has none. */
export function subjectKeyIdentifierOf({ extensions: all }: Certificate): Buffer | null {
  const bytes = all.get(extensions.subjectKeyIdentifier)
  return bytes ? onlyElement(bytes, tags.octetString).body : null
}

/** The authority key identifier (RFC 5280 §4.2.1.1); null where the extension or its keyIdentifier is absent. */
export function authorityKeyIdentifierOf({ extensions: all }: Certificate): Buffer | null {
  const bytes = all.get(extensions.authorityKeyIdentifier)
  return (bytes && childrenOf(onlyElement(bytes, tags.sequence)).find(({ tag }) => tag === context(0))?.body) ?? null
}

/** The difference of clocks that is allowed for instants that an issuer wrote. */
export const issuerSkewMs = 60_000
/** Whether a certificate is valid at an instant in epoch milliseconds; notAfter's second counts (RFC 5280 §4.1.2.5). */
export const isValidAt = ({ notBefore, notAfter }: Certificate, now: number): boolean =>
  notBefore <= now && now < notAfter + 1000

/** The inputs of a path's validation. */
export interface PathInputs {
  readonly purposes: Purposes
  readonly policies: PolicyInputs
  /** Epoch milliseconds. */
  readonly now: number
}

/** The fault of a path's issuers and policies (RFC 5280 §6.1.4), as text for the log; null for none. */
export function faultOfIssuers(path: CertificationPath, { purposes, policies, now }: PathInputs): string | null {
  if (path.some(({ signatureAlgorithm }, at) => at < path.length - 1 && !isAccepted(signatureAlgorithm)))
    return 'a weak signature'
  const [endEntity, ...issuers] = path
  for (const [at, issuer] of issuers.entries()) {
    const between = issuers.slice(0, at).filter((one) => !isSelfIssued(one)).length
    if (!isStrong(issuer.x509.publicKey)) return 'a weak key of an issuer'
    if (!isValidAt(issuer, now)) return 'an issuer that is not valid now'
    if (issuer.hasUnknownCritical) return 'an issuer with an unknown critical extension'
    if (!issuer.ca) return 'an issuer that is no authority'
    if (issuer.ca.pathLength < between) return 'a path that is too long'
    if (issuer.keyUsage && !issuer.keyUsage.has(keyUsages.keyCertSign)) return 'an issuer that may not issue'
  }
  if (!isIssuedFor(endEntity, issuers, purposes)) return 'an issuer for another purpose'
  if (!hasValidPolicies(path.slice(0, -1).toReversed(), policies)) return 'no policy that is acceptable'
  return satisfiesNameConstraints(path) ? null : 'a name that its issuer may not give'
}
