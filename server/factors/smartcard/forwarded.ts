import { createHash, timingSafeEqual, X509Certificate } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { type BlockList, isIPv4 } from 'node:net'
import { elements } from './x509/der.ts'

/** Headers in which other proxies forward a client's certificate or its fields. Sallyport expects none of these. */
const suspicious =
  /cert|xfcc|ssl[-_]issuer|client[-_]([aimsv][-_]|verify|dn|cn|subject|issuer|serial|fingerprint|san|der|sha1|not[-_]?(before|after))/i
const expected = ['client-cert', 'client-cert-chain', 'sallyport-proxy'] as const
const mostCertificates = 8

type Raw = Pick<IncomingMessage, 'rawHeaders' | 'socket'>

const namesIn = ({ rawHeaders }: Raw) => rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase())
const valuesOf = ({ rawHeaders }: Raw, name: string) =>
  rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name)

/** Whether a request carries a certificate in a header, where none may. */
export const isForged = (req: Raw, allowed: readonly string[] = []): boolean =>
  namesIn(req).some((name) => suspicious.test(name) && !allowed.includes(name))

export interface TrustedProxy {
  readonly networks: BlockList
  readonly secret: string
}

/** The result of a TLS handshake: certificates, the card's own first. A resumed session presents no card anew. */
export interface Forwarded {
  readonly certificates: readonly Uint8Array[]
  readonly isResumed: boolean
}

/**
 * The certificates that a configured proxy received in its handshake (RFC 9440 §2). Null when the request is not from a
 * listed address, repeats a header, or has a header that no configured proxy sends. The proxy sends its secret with the
 * fingerprint of the card: a proxy that lets a browser's own Client-Cert through sends the secret without one.
 */
export function forwardedIn(req: Raw, { networks, secret }: TrustedProxy): Forwarded | null {
  const address = (req.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  if (!networks.check(address, isIPv4(address) ? 'ipv4' : 'ipv6') || isForged(req, expected)) return null
  const [leaf, chain, proof] = expected.map((name) => valuesOf(req, name)) as [string[], string[], string[]]
  if (leaf.length > 1 || chain.length > 1 || proof.length !== 1) return null
  const [own, others] = [certificatesIn(leaf[0] ?? ''), certificatesIn(chain[0] ?? '')]
  if (!own || !others || own.length > 1 || others.length > (own.length === 0 ? 0 : mostCertificates - 1)) return null
  const isResumed = provenIn(proof[0] ?? '', secret, own[0])
  return isResumed === null ? null : { certificates: isResumed ? [] : [...own, ...others], isResumed }
}

/** Certificates in byte sequences of structured fields (RFC 8941 §3.3.5), several in a row for HAProxy's chain. */
function certificatesIn(value: string): readonly Uint8Array[] | null {
  if (value === '' || value === '::') return []
  const all = value.split(',').map((item) => /^:([A-Za-z0-9+/]+={0,2}):$/.exec(item.trim())?.[1])
  try {
    const ders = all.flatMap((text) => [...elements(Buffer.from(text ?? '', 'base64'))])
    return all.every(Boolean) && ders.every(({ raw }) => new X509Certificate(raw)) ? ders.map(({ raw }) => raw) : null
  } catch {
    return null
  }
}

/**
 * Reads "SECRET FINGERPRINT STATE": whether the TLS session was resumed; null without proof. The fingerprint is of
 * SHA-256, or of SHA-1, the only one that nginx has; it is absent without a card. The state is nginx's or HAProxy's
 * word for a new or a resumed session, where the proxy sends one.
 */
function provenIn(given: string, secret: string, leaf: Uint8Array | undefined): boolean | null {
  if (!leaf && isSame(given, secret)) return false
  const [, said = '', fingerprint = '', state = ''] =
    /^(.*?)(?: ([0-9a-f]{40}|[0-9a-f]{64}))?(?: ([.r01]))?$/i.exec(given) ?? []
  const fingerprints = leaf ? ['sha256', 'sha1'].map((hash) => createHash(hash).update(leaf).digest('hex')) : ['']
  const isProven = isSame(said.trimEnd(), secret) && fingerprints.includes(fingerprint.toLowerCase())
  return isProven ? state === 'r' || state === '1' : null
}

const digest = (text: string) => createHash('sha256').update(text).digest()
const isSame = (given: string, secret: string) => timingSafeEqual(digest(given), digest(secret))
