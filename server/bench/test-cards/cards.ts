import { X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CardHostConfig, certificatesIn } from '../../factors/smartcard/card.ts'
import { everyPolicy } from '../../factors/smartcard/x509/policy-graph.ts'
import { Secret } from '../../secrets/secret.ts'
import { type Identity, issueCertificate, ofAuthority, ofHolder, ofHosts, pemOf, revocationList } from './issue.ts'
import { p12Of } from './p12.ts'

/** The kinds of cards that the test authority hands out: one that signs in, and others that must not. */
export const testCardKinds = ['good', 'expired', 'revoked', 'wrong-purpose', 'unknown-issuer'] as const
export type TestCardKind = (typeof testCardKinds)[number]
/** The passphrase to import a card with; nothing about it is secret. */
export const passphrase = 'sallyport'
export const authorityFile = 'authority.crt'

const authorityName = 'Sallyport test cards'
const dayMs = 24 * 3_600_000
const lastsMs = 360 * dayMs
/** The least time that is left of a test authority: with less, it is made anew. */
const leastMs = 30 * dayMs
const hosts = ['*.card.localhost', 'card.localhost', 'localhost']

/** The folder of the test cards. */
export const cardsFolder = (dataFolder: string): string => join(dataFolder, 'cards')
export const cardFile = (kind: TestCardKind, username: string): string => `${username}-${kind}.p12`

export interface Holder {
  readonly username: string
  readonly name: string
}

/** The test authority of a demo, in its data folder: made on first start, and again when it is about to end. */
export function testCards(dataFolder: string, holders: readonly Holder[], port: number, now: Date): CardHostConfig {
  const folder = cardsFolder(dataFolder)
  const at = (name: string) => join(folder, name)
  const isThere =
    existsSync(at(authorityFile)) && holders.every(({ username }) => existsSync(at(cardFile('good', username))))
  const endsAt = isThere ? new X509Certificate(readFileSync(at(authorityFile))).validToDate.getTime() : 0
  if (endsAt - now.getTime() < leastMs) make(folder, holders, now)
  const key = new Secret(readFileSync(at('host.key'), 'utf8'))
  const sources = { lists: [at('cards.crl')], responder: null, hosts: [], needsNonce: true }
  const certificates = certificatesIn(readFileSync(at(authorityFile), 'utf8')).flatMap((one) => one ?? [])
  const terms = { binding: 'key', unlocked: false, unreachable: 'refuse' } as const
  return {
    origin: `https://*.card.localhost:${port}`,
    listen: { host: '127.0.0.1', port, orAny: true },
    ends: { at: 'us', certificate: readFileSync(at('host.crt'), 'utf8'), key },
    policies: everyPolicy,
    anchors: [{ name: 'demo', certificates, intermediates: [], sources, ...terms }],
  }
}

function make(folder: string, holders: readonly Holder[], now: Date) {
  const write = (name: string, content: string | Buffer) => writeFileSync(join(folder, name), content, { mode: 0o600 })
  const days = (from: number, until: number) => ({
    from: new Date(now.getTime() + from * dayMs),
    until: new Date(now.getTime() + until * dayMs),
  })
  const usual = { from: new Date(now.getTime() - dayMs), until: new Date(now.getTime() + lastsMs) }
  const authority = issueCertificate({ name: authorityName, ...usual, extensions: ofAuthority }, null)
  // An authority of the same name: only its key tells it apart, as a forger's would.
  const stranger = issueCertificate({ name: authorityName, ...usual, extensions: ofAuthority }, null)
  const host = issueCertificate(
    { name: 'card.localhost', ...usual, extensions: [...ofHolder('servers'), ofHosts(...hosts)] },
    authority,
  )
  const forClients = ofHolder('clients')
  const cardOf: Readonly<Record<TestCardKind, (name: string) => Identity>> = {
    good: (name) => issueCertificate({ name, ...usual, extensions: forClients }, authority),
    expired: (name) => issueCertificate({ name, ...days(-30, -1), extensions: forClients }, authority),
    revoked: (name) => issueCertificate({ name, ...usual, extensions: forClients }, authority),
    'wrong-purpose': (name) => issueCertificate({ name, ...usual, extensions: ofHolder('servers') }, authority),
    'unknown-issuer': (name) => issueCertificate({ name, ...usual, extensions: forClients }, stranger),
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const revoked = holders.flatMap(({ username, name }) =>
    testCardKinds.map((kind) => {
      const label = kind === 'good' ? name : `${name} (${kind.replace('-', ' ')})`
      const card = cardOf[kind](label)
      const { certificate } = kind === 'unknown-issuer' ? stranger : authority
      write(cardFile(kind, username), p12Of(card, certificate, label, passphrase))
      write(`${username}-${kind}.crt`, pemOf(card.certificate))
      return { kind, card }
    }),
  )
  const list = revoked.flatMap(({ kind, card }) => (kind === 'revoked' ? [card] : []))
  write('cards.crl', revocationList(authority, list, usual.from, usual.until))
  write('host.crt', pemOf(host.certificate))
  write('host.key', host.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  // The authority's file is written last: it says that the others are there.
  write(authorityFile, pemOf(authority.certificate))
}
