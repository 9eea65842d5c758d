import type { Certificate } from './certificate.ts'
import { listAddressesOf, statusIn as statusInList } from './crl.ts'
import { fetched, isListed } from './fetched.ts'
import type { Lists } from './lists.ts'
import { questionAbout, respondersOf, statusIn as statusInAnswer } from './ocsp.ts'
import type { Path } from './path.ts'

/** Where an anchor's certificates can be found revoked. */
export interface Sources {
  /** Files with revocation lists, of the anchor and of those below it. */
  readonly lists: readonly string[]
  /** A responder that is asked about the cards themselves, whatever they name. */
  readonly responder: string | null
  /** Hosts that a certificate may name its lists and responders on. */
  readonly hosts: readonly string[]
  readonly needsNonce: boolean
}
export type Status = 'good' | 'revoked' | null

/** Of a whole path: revoked when anybody says so of anything in it, good when somebody says so of all of it. */
export async function statusOf(path: Path, sources: Sources, lists: Lists, now: number): Promise<Status> {
  const statuses = await Promise.all(
    path.slice(0, -1).map(async (certificate, at) => {
      const issuer = path[at + 1] ?? certificate
      return worst(await Promise.all(opinions(certificate, issuer, at === 0, sources, lists, now)))
    }),
  )
  if (statuses.includes('revoked')) return 'revoked'
  return statuses.every((status) => status === 'good') ? 'good' : null
}

const worst = (all: readonly Status[]): Status =>
  all.find((status) => status === 'revoked') ?? all.find((status) => status === 'good') ?? null

function opinions(
  certificate: Certificate,
  issuer: Certificate,
  isCard: boolean,
  { lists: files, responder, hosts, needsNonce }: Sources,
  lists: Lists,
  now: number,
): readonly Promise<Status>[] {
  const listed = (addresses: readonly string[]) => addresses.filter((one) => isListed(one, hosts)).slice(0, 3)
  const responders = new Set([...(isCard && responder ? [responder] : []), ...listed(respondersOf(certificate))])
  const found = [
    ...files.map((file) => lists.inFile(file)),
    ...listed(listAddressesOf(certificate)).map((address) => lists.at(address, now)),
  ]
  return [
    ...found.map(async (list) => statusOr(await list, (read) => statusInList(read, certificate, issuer, now))),
    ...[...responders].map(async (address) => {
      const question = questionAbout(certificate, issuer)
      const headers = { 'content-type': 'application/ocsp-request' }
      const answer = await fetched(address, 'answer', { method: 'POST', headers, body: new Uint8Array(question.bytes) })
      return statusOr(answer, (read) => statusInAnswer(read, question, issuer, now, needsNonce))
    }),
  ]
}

/** What cannot be read says nothing. */
function statusOr<T>(found: T | null, read: (found: T) => Status): Status {
  try {
    return found && read(found)
  } catch {
    return null
  }
}
