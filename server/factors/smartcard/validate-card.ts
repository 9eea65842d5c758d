import type { Shown } from '#shared/factors/smartcard.ts'
import { isForSigningIn, usualPurposes } from './card-purposes.ts'
import { type Certificate, readCertificate } from './x509/certificate.ts'
import { faultOfIssuers, isValidAt, pathsTo } from './x509/certification-path.ts'
import { type CrlReader, crlReader } from './x509/crl-reader.ts'
import { Malformed } from './x509/der.ts'
import type { Purposes } from './x509/extended-key-usage.ts'
import { everyPolicy, type PolicyInputs } from './x509/policy-graph.ts'
import { revocationStatusOf, type Sources } from './x509/revocation.ts'

/** Trust anchors for cards, with the rules of validation under them. */
export interface Anchor {
  readonly name: string
  readonly certificates: readonly Certificate[]
  /** Certificates between cards and anchor, for browsers that do not send them. */
  readonly intermediates: readonly Certificate[]
  /** The accepted purposes; by default client authentication and smartcard logon. */
  readonly purposes?: Purposes
  readonly sources: Sources
  /** Whether a card is accepted while its revocation status cannot be had. */
  readonly unreachable: 'refuse' | 'accept'
}

export type CardValidation<A extends Anchor> =
  | {
      readonly ok: true
      readonly card: Certificate
      readonly issuer: Certificate
      readonly anchor: A
      /** Why the revocation status is unknown, where the anchor accepts the card nevertheless; else empty. */
      readonly caveat: string
    }
  /** `detail` is for the log. */
  | { readonly ok: false; readonly why: NonNullable<Shown['why']>; readonly detail: string }

const refused = (why: NonNullable<Shown['why']>, detail: string) => ({ ok: false, why, detail }) as const
const mostCertificates = 8

/** A validator of the certificates that a browser sent, the card's own first. Says nothing about the card's owner. */
export function cardValidator<A extends Anchor>(
  anchors: readonly A[],
  policies: PolicyInputs = everyPolicy,
  unreadableList: (file: string, why: string) => void = () => {},
) {
  const lists = crlReader(unreadableList)
  return async (sent: readonly Uint8Array[], now: number): Promise<CardValidation<A>> => {
    const [card, ...others] = sent.slice(0, mostCertificates).map(readCertificate)
    if (!card) return refused('no-card', sent.length > 0 ? 'no certificate of version 3' : 'no certificate')
    const helpers = others.flatMap((one) => one ?? [])
    try {
      return await judged(anchors, policies, card, helpers, lists, now)
    } catch (error) {
      if (error instanceof Malformed) return refused('wrong-card', error.message)
      throw error
    }
  }
}

/** Validates the path to an anchor first, then the card's own fields, and revocation, which may fetch, last. */
async function judged<A extends Anchor>(
  anchors: readonly A[],
  policies: PolicyInputs,
  card: Certificate,
  sent: readonly Certificate[],
  lists: CrlReader,
  now: number,
): Promise<CardValidation<A>> {
  const found = anchors.flatMap((anchor) => {
    const { certificates, intermediates, purposes = usualPurposes } = anchor
    return pathsTo(certificates, card, [...sent, ...intermediates]).map((path) => {
      return { anchor, path, purposes, fault: faultOfIssuers(path, { purposes, policies, now }) }
    })
  })
  const way = found.find(({ fault }) => fault === null)
  if (!way) return refused('unknown-issuer', found[0]?.fault ?? 'no path to an anchor')
  const { anchor, path, purposes } = way
  if (!isForSigningIn(card, purposes)) return refused('wrong-card', 'not a certificate for signing in')
  if (!isValidAt(card, now)) return refused('expired-card', 'not valid now')
  const others = [...sent, ...anchor.intermediates]
  const { status, detail } = await revocationStatusOf(path, { sources: anchor.sources, lists, others, purposes, now })
  if (status === 'revoked') return refused('revoked-card', `revoked: ${detail}`)
  if (status === 'undecided' || (status === null && anchor.unreachable === 'refuse'))
    return refused('revocation-unknown', `nobody said that it is good: ${detail}`)
  const [, issuer = card] = path
  return { ok: true, card, issuer, anchor, caveat: status === null ? detail : '' }
}
