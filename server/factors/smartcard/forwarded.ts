import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { type BlockList, isIPv4 } from 'node:net'

/** What other proxies call a client's certificate, or what they found in it. Nobody who sends these means well, or us. */
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

/**
 * The certificates that a proxy of ours saw in its handshake (RFC 9440 §2), the card's own first. Null when the request is
 * not from a listed address, says something twice, or says something that no proxy of ours would. The proxy repeats its
 * secret with the fingerprint of what it saw: one that lets a browser's own Client-Cert through says that it saw none.
 */
export function forwardedIn(req: Raw, { networks, secret }: TrustedProxy): readonly Uint8Array[] | null {
  const address = (req.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  if (!networks.check(address, isIPv4(address) ? 'ipv4' : 'ipv6') || isForged(req, expected)) return null
  const [leaf, chain, proof] = expected.map((name) => valuesOf(req, name)) as [string[], string[], string[]]
  if (leaf.length > 1 || chain.length > leaf.length || proof.length !== 1) return null
  const items = [...leaf, ...chain].flatMap((value) => value.split(',')).map((item) => bytesIn(item.trim()))
  const certificates = items.flatMap((one) => one ?? [])
  if (certificates.length !== items.length || items.length > mostCertificates) return null
  return isProven(proof[0] ?? '', secret, certificates[0]) ? certificates : null
}

/** A byte sequence of structured fields (RFC 8941 §3.3.5): base64 between colons, and nothing more. */
function bytesIn(item: string): Uint8Array | null {
  const text = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(item)?.[1]
  return text ? Buffer.from(text, 'base64') : null
}

/** "SECRET FINGERPRINT", of SHA-256 or of SHA-1, which is the only one that nginx knows; the secret alone without a card. */
function isProven(given: string, secret: string, leaf: Uint8Array | undefined): boolean {
  if (!leaf) return isSame(given, secret)
  const [said = '', fingerprint = ''] = given.split(/ (?=[0-9a-f]+$)/i)
  const fingerprints = ['sha256', 'sha1'].map((hash) => createHash(hash).update(leaf).digest('hex'))
  return isSame(said, secret) && fingerprints.includes(fingerprint.toLowerCase())
}

const digest = (text: string) => createHash('sha256').update(text).digest()
const isSame = (given: string, secret: string) => timingSafeEqual(digest(given), digest(secret))
