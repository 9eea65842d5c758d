import type { Certificate, CertificationPath } from './certificate.ts'
import { faultOfIssuers, isValidAt, pathsTo } from './certification-path.ts'
import type { CrlReader, CrlReading } from './crl-reader.ts'
import { type FoundCrl, opinionsIn } from './crl-status.ts'
import { isSameName } from './distinguished-name.ts'
import { addressesOf, freshestPointsOf, pointsOf } from './distribution-point.ts'
import type { Purposes } from './extended-key-usage.ts'
import { fetchDocument, isListed } from './fetch-document.ts'
import { questionAbout, respondersOf, statusIn as statusInAnswer } from './ocsp.ts'
import { mostGrave, type Opinion, type Status } from './opinion.ts'
import { everyPolicy } from './policy-graph.ts'

/** The revocation sources of an anchor. */
export interface Sources {
  /** Files with revocation lists, of the anchor and of the CAs below. */
  readonly lists: readonly string[]
  /** The OCSP responder that is asked about end entities, besides those that their certificates name. */
  readonly responder: string | null
  /** The hosts on which a certificate may name lists and responders. */
  readonly hosts: readonly string[]
  readonly needsNonce: boolean
}

/** The inputs of a revocation check. */
export interface RevocationInputs {
  readonly sources: Sources
  readonly lists: CrlReader
  /** Other certificates at hand, which may hold the key that an issuer signs its lists with. */
  readonly others: readonly Certificate[]
  readonly purposes: Purposes
  readonly now: number
}

const worst: readonly Status[] = ['revoked', 'undecided', null]

/** The revocation status of a path: revoked when any certificate is, good when every one is. */
export async function revocationStatusOf(path: CertificationPath, means: RevocationInputs): Promise<Opinion> {
  const opinions = await Promise.all(path.slice(0, -1).map((_, at) => opinionAt(path, at, means)))
  const status = worst.find((one) => opinions.some((opinion) => opinion.status === one))
  if (status === undefined) return { status: 'good', detail: '' }
  const about = opinions.flatMap((opinion, at) =>
    opinion.status === status ? `certificate ${path[at]?.serial} (${opinion.detail || 'no source'})` : [],
  )
  return { status, detail: about.join('; ') }
}

/** The revocation status of one certificate of a path, from all its sources. */
async function opinionAt(path: CertificationPath, at: number, means: RevocationInputs): Promise<Opinion> {
  const certificate = path[at] ?? path[0]
  const issuer = path[at + 1] ?? certificate
  const [fromLists, fromResponders] = await Promise.all([
    opinionsOfLists(path, at, means),
    opinionsOfResponders(certificate, issuer, at === 0, means),
  ])
  const opinions = [...fromLists, ...fromResponders]
  const details = new Set(opinions.flatMap(({ detail }) => detail || []))
  return { status: mostGrave(opinions.map(({ status }) => status)), detail: [...details].join(', ') }
}

async function opinionsOfLists(
  path: CertificationPath,
  at: number,
  means: RevocationInputs,
): Promise<readonly Opinion[]> {
  const { sources, lists, others, now } = means
  const certificate = path[at] ?? path[0]
  const listed = (addresses: readonly string[]) => listedIn(addresses, sources.hosts)
  const from = async (addresses: readonly string[]) =>
    Promise.all(addresses.map(async (source) => ({ source, reading: await lists.at(source, now) })))
  const inFiles = await Promise.all(
    sources.lists.map(async (source) => ({ source, reading: await lists.inFile(source) })),
  )
  const downloaded = await from(listed(addressesOf(pointsOf(certificate))))
  const known = listsIn([...inFiles, ...downloaded])
  const own = known.filter(({ list }) => list.baseCrlNumber === null && isSameName(list.issuer, certificate.issuer))
  const deltas = await from(
    listed([...addressesOf(freshestPointsOf(certificate)), ...own.flatMap(({ list }) => list.freshestCrl)]),
  )
  const opinions = await opinionsIn([...known, ...listsIn(deltas)], {
    certificate,
    issuer: path[at + 1] ?? certificate,
    signers: [...path.slice(at + 2), ...others],
    isTrusted: (signer) => isTrusted(signer, path.slice(at + 1), means),
    now,
  })
  const missing = [...failuresIn(inFiles), ...failuresIn(deltas)]
  // A missing list may be the one that says revoked, so the other sources' good is not enough.
  const [gap] = worst.filter((status) => missing.some((opinion) => opinion.status === status))
  return [
    ...opinions.map((opinion) =>
      gap !== undefined && opinion.status === 'good' ? { ...opinion, status: gap } : opinion,
    ),
    ...missing,
    ...failuresIn(downloaded),
  ]
}

const listedIn = (addresses: readonly string[], hosts: readonly string[]): readonly string[] =>
  [...new Set(addresses)].filter((address) => isListed(address, hosts)).slice(0, 3)

interface Source {
  readonly source: string
  readonly reading: CrlReading
}
const listsIn = (all: readonly Source[]): readonly FoundCrl[] =>
  all.flatMap(({ source, reading }) => (reading.ok ? reading.crls.map((list) => ({ source, list })) : []))
/** An unreadable file or answer leaves the status undecided; an absent one is an unreachable source. */
const failuresIn = (all: readonly Source[]): readonly Opinion[] =>
  all.flatMap(({ source, reading }) =>
    reading.ok ? [] : { status: reading.isThere ? 'undecided' : null, detail: `${source}: ${reading.why}` },
  )

/** Whether the certificate of a list's key has a path to the same anchor and is not revoked (RFC 5280 §6.3.3(f)). */
async function isTrusted(
  signer: Certificate,
  above: readonly Certificate[],
  means: RevocationInputs,
): Promise<boolean> {
  const terms = { purposes: means.purposes, policies: everyPolicy, now: means.now }
  const [anchor] = above.slice(-1)
  // The certificates above are checked with the path.
  if (above.includes(signer)) return true
  if (!anchor || !isValidAt(signer, means.now) || signer.hasUnknownCritical) return false
  for (const path of pathsTo([anchor], signer, means.others)) {
    if (faultOfIssuers(path, terms) !== null) continue
    // The signer's status comes from its issuers alone: two keys would vouch for each other.
    if ((await revocationStatusOf(path, { ...means, others: [] })).status === 'good') return true
  }
  return false
}

async function opinionsOfResponders(
  certificate: Certificate,
  issuer: Certificate,
  isEndEntity: boolean,
  { sources: { responder, hosts, needsNonce }, now }: RevocationInputs,
): Promise<readonly Opinion[]> {
  const own = isEndEntity && responder ? [responder] : []
  const responders = new Set([...own, ...listedIn(respondersOf(certificate), hosts)])
  const headers = { 'content-type': 'application/ocsp-request' }
  return Promise.all(
    [...responders].map(async (address): Promise<Opinion> => {
      const question = questionAbout(certificate, issuer)
      const body = new Uint8Array(question.bytes)
      const answer = await fetchDocument(address, 'answer', { method: 'POST', headers, body })
      if (!answer.ok) return { status: null, detail: `${address}: ${answer.why}` }
      const { status, detail } = statusInAnswer(answer.body, question, issuer, now, needsNonce)
      return { status, detail: detail && `${address}: ${detail}` }
    }),
  )
}
