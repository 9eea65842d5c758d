import 'reflect-metadata'
import { AsnConvert } from '@peculiar/asn1-schema'
import * as asn from '@peculiar/asn1-x509'
import * as peculiar from '@peculiar/x509'
import { type Certificate, extensions, readCertificate } from '#server/factors/smartcard/x509/certificate.ts'
import { policyExtensionsOf } from '#server/factors/smartcard/x509/certificate-policies.ts'
import { authorityKeyIdentifierOf, subjectKeyIdentifierOf } from '#server/factors/smartcard/x509/certification-path.ts'
import { addressesOf, pointsOf } from '#server/factors/smartcard/x509/distribution-point.ts'
import { emailsOf, subjectAltNamesOf, upnsOf } from '#server/factors/smartcard/x509/general-names.ts'
import { subtreesIn } from '#server/factors/smartcard/x509/name-constraints.ts'
import { nameText, subjectTextOf } from '#server/factors/smartcard/x509/name-string.ts'
import { respondersOf } from '#server/factors/smartcard/x509/ocsp.ts'

/** The fields of a certificate in words that can be compared: bytes in hexadecimal, instants in epoch milliseconds. */
export type Fields = Readonly<Record<string, unknown>>

const hex = (bytes: ArrayBuffer | Uint8Array): string => Buffer.from(bytes as Uint8Array).toString('hex')
const sorted = <T>(all: Iterable<T>): readonly T[] => [...all].sort()
const limit = (skipped: number) => (skipped === Number.POSITIVE_INFINITY ? null : skipped)

/** As the product reads a certificate. Throws `Malformed`; null for what it does not take for a certificate at all. */
export function fieldsOf(bytes: Uint8Array): Fields | null {
  const certificate = readCertificate(bytes)
  return certificate && readFields(certificate)
}

function readFields(certificate: Certificate): Fields {
  const { policies, mappings, ...limits } = policyExtensionsOf(certificate)
  const constraints = certificate.extensions.get(extensions.nameConstraints)
  const { permitted = [], excluded = [] } = constraints ? subtreesIn(constraints) : {}
  return {
    serial: certificate.serial,
    issuer: hex(certificate.issuer),
    subject: hex(certificate.subject),
    subjectText: subjectTextOf(certificate),
    validity: [certificate.notBefore, certificate.notAfter],
    subjectPublicKeyInfo: hex(certificate.subjectPublicKeyInfo),
    extensions: sorted(certificate.extensions.keys()),
    hasUnknownCritical: certificate.hasUnknownCritical,
    keyUsage: certificate.keyUsage && sorted(certificate.keyUsage),
    extendedKeyUsage: certificate.extendedKeyUsage,
    ca: certificate.ca && [limit(certificate.ca.pathLength)],
    subjectAltNames: subjectAltNamesOf(certificate).map(({ raw }) => hex(raw)),
    upns: upnsOf(certificate),
    emails: emailsOf(certificate),
    subjectKeyIdentifier: hex(subjectKeyIdentifierOf(certificate) ?? Buffer.alloc(0)),
    authorityKeyIdentifier: hex(authorityKeyIdentifierOf(certificate) ?? Buffer.alloc(0)),
    policies: policies && sorted(policies),
    mappings: sorted([...mappings].flatMap(([from, all]) => [...all].map((to) => `${from} ${to}`))),
    limits: [limits.requireExplicit, limits.inhibitMapping, limits.inhibitAny].map(limit),
    distributionPoints: addressesOf(pointsOf(certificate)),
    responders: respondersOf(certificate),
    permitted: permitted.map(({ raw }) => hex(raw)),
    excluded: excluded.map(({ raw }) => hex(raw)),
  }
}

/** As `@peculiar/x509` reads it, and its parts `@peculiar/asn1-x509` where it has no class of its own. Throws. */
export function peculiarFieldsOf(bytes: Uint8Array): Fields {
  const certificate = new peculiar.X509Certificate(new Uint8Array(bytes))
  const { tbsCertificate: tbs } = AsnConvert.parse(new Uint8Array(bytes), asn.Certificate)
  const all = new Map(certificate.extensions.map((one) => [one.type, one]))
  const read = <T>(id: string, type: new () => T): T | null => {
    const one = all.get(id)
    return one ? AsnConvert.parse(one.value, type) : null
  }
  const as = <T extends peculiar.Extension>(id: string, type: new (raw: ArrayBuffer) => T): T | null => {
    const one = all.get(id)
    return one ? new type(one.rawData) : null
  }
  const names = as(extensions.subjectAltName, peculiar.SubjectAlternativeNameExtension)?.names.items ?? []
  const named = (kind: string) => names.filter(({ type }) => type === kind).map(({ value }) => value)
  const basic = as(extensions.basicConstraints, peculiar.BasicConstraintsExtension)
  const constraints = read(extensions.nameConstraints, asn.NameConstraints)
  const limits = read(extensions.policyConstraints, asn.PolicyConstraints)
  const points = as(extensions.crlDistributionPoints, peculiar.CRLDistributionPointsExtension)?.distributionPoints ?? []
  const bases = (subtrees: asn.GeneralSubtrees | undefined) =>
    [...(subtrees ?? [])].map(({ base }) => hex(AsnConvert.serialize(base)))
  return {
    serial: certificate.serialNumber,
    issuer: hex(AsnConvert.serialize(tbs.issuer)),
    subject: hex(AsnConvert.serialize(tbs.subject)),
    subjectText: nameText(
      [...tbs.subject].reverse().map((set) => [...set].map(({ type, value }) => ({ type, text: value.toString() }))),
    ),
    validity: [certificate.notBefore.getTime(), certificate.notAfter.getTime()],
    subjectPublicKeyInfo: hex(certificate.publicKey.rawData),
    extensions: sorted(all.keys()),
    hasUnknownCritical: certificate.extensions.some(({ type, critical }) => critical && !known.has(type)),
    keyUsage: flagsIn(as(extensions.keyUsage, peculiar.KeyUsagesExtension)?.usages),
    extendedKeyUsage: as(extensions.extendedKeyUsage, peculiar.ExtendedKeyUsageExtension)?.usages ?? null,
    ca: basic?.ca ? [basic.pathLength ?? null] : null,
    subjectAltNames: names.map(({ rawData }) => hex(rawData)),
    upns: named('upn'),
    emails: named('email'),
    subjectKeyIdentifier: as(extensions.subjectKeyIdentifier, peculiar.SubjectKeyIdentifierExtension)?.keyId ?? '',
    authorityKeyIdentifier:
      as(extensions.authorityKeyIdentifier, peculiar.AuthorityKeyIdentifierExtension)?.keyId ?? '',
    policies: setOrNull(as(extensions.certificatePolicies, peculiar.CertificatePolicyExtension)?.policies),
    mappings: sorted(
      [...(read(extensions.policyMappings, asn.PolicyMappings) ?? [])].map(
        ({ issuerDomainPolicy, subjectDomainPolicy }) => `${issuerDomainPolicy} ${subjectDomainPolicy}`,
      ),
    ),
    limits: [
      count(limits?.requireExplicitPolicy),
      count(limits?.inhibitPolicyMapping),
      count(read(extensions.inhibitAnyPolicy, asn.InhibitAnyPolicy)?.value),
    ],
    distributionPoints: points
      .filter(({ cRLIssuer }) => !cRLIssuer)
      .flatMap(({ distributionPoint }) => distributionPoint?.fullName ?? [])
      .flatMap(({ uniformResourceIdentifier }) => uniformResourceIdentifier ?? []),
    responders: (as(extensions.authorityInfoAccess, peculiar.AuthorityInfoAccessExtension)?.ocsp ?? [])
      .filter(({ type }) => type === 'url')
      .map(({ value }) => value),
    permitted: bases(constraints?.permittedSubtrees),
    excluded: bases(constraints?.excludedSubtrees),
  }
}

const known: ReadonlySet<string> = new Set(Object.values(extensions))
const setOrNull = (all: readonly string[] | undefined) => (all ? sorted(new Set(all)) : null)
const flagsIn = (flags: number | undefined) =>
  flags === undefined ? null : [0, 1, 2, 3, 4, 5, 6, 7, 8].filter((bit) => flags & (1 << bit))
const count = (bytes: ArrayBuffer | undefined) => (bytes ? Number.parseInt(hex(bytes), 16) : null)
