import { constants, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, createServer as plainServer, type Server, type ServerResponse } from 'node:http'
import { createServer as tlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Logger } from 'pino'
import type { Shown } from '#shared/factors/smartcard.ts'
import { networkList } from '../../http/address.ts'
import { dropRest } from '../../http/bytes.ts'
import { OperatorError } from '../../operator/operator-error.ts'
import { retryAfterSeconds, StoreLocked } from '../../store/store-locked.ts'
import { type Handoffs, handoffReturnUrl, readHandoffTicket, spendHandoffTicket } from '../contract/handoff.ts'
import type { CardAnchor, CardHostConfig } from './card.ts'
import { type Forwarded, forwardedIn, isForged } from './forwarded.ts'
import { handlesOf, shownBy } from './shown.ts'
import { type CardValidation, cardValidator } from './validate-card.ts'

/** The host to which browsers present cards. It listens at once, and answers after `serve`. */
export interface CardHost {
  /** The address for a browser with a ticket; under a new host name each time, where the origin has a wildcard. */
  readonly address: (ticket: string) => string
  serve(app: Served): void
  close(): Promise<void>
}

type Served = Pick<Handoffs, 'issuer' | 'tickets' | 'now' | 'store'> & { readonly log: Logger }

const mostCertificates = 8

export async function openCardHost(card: CardHostConfig): Promise<CardHost> {
  const server = card.ends.at === 'us' ? endingTls(card, card.ends) : plainServer()
  const { port } = await listening(server, card.listen)
  const origin = card.listen.port === port ? card.origin : `${card.origin.replace(/:\d+$/, '')}:${port}`
  return {
    address: (ticket) => `${origin.replace('*.', `${randomBytes(8).toString('hex')}.`)}/?ticket=${ticket}`,
    serve(app) {
      const validate = cardValidator(card.anchors, card.policies, (file, why) =>
        app.log.error({ file, why }, 'a revocation list cannot be read'),
      )
      const handshake = reader(card)
      server.on('request', (req, res) => {
        answer(app, validate, handshake, req, res).catch((err: unknown) => {
          const isLocked = err instanceof StoreLocked
          if (!isLocked) app.log.error({ err }, 'the card host failed')
          res.writeHead(isLocked ? 503 : 500, isLocked ? { 'Retry-After': retryAfterSeconds } : {}).end()
        })
      })
    },
    async close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** A server that requests a certificate without requiring it, to answer Cancel too. No resumption (RFC 8446 §2.2). */
function endingTls(
  { anchors }: CardHostConfig,
  { certificate, key }: Extract<CardHostConfig['ends'], { at: 'us' }>,
): Server {
  const asked = anchors.flatMap((anchor) => [...anchor.certificates, ...anchor.intermediates])
  return tlsServer({
    cert: certificate,
    key: key.reveal(),
    // Browsers offer only certificates that these authorities issued.
    ca: asked.map(({ x509 }) => x509.toString()),
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    // Cards with keys on these curves complete the handshake, so that validation can refuse them with a reason.
    ecdhCurve: 'DEFAULT:secp256k1:brainpoolP256r1:brainpoolP384r1:brainpoolP512r1',
    secureOptions: constants.SSL_OP_NO_TICKET,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
  })
}

async function listening(server: Server, { host, port, orAny }: CardHostConfig['listen']): Promise<AddressInfo> {
  try {
    await once(server.listen(port, host), 'listening')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (orAny && code === 'EADDRINUSE') return listening(server, { host, port: 0 })
    throw new OperatorError(`The card host cannot listen on ${host}:${port} (${code}).`)
  }
  return server.address() as AddressInfo
}

type Handshake = (req: IncomingMessage) => Forwarded | null

/** A function that gives the handshake of a request; null for a request with forged headers. */
function reader({ ends }: CardHostConfig): Handshake {
  if (ends.at === 'us') return (req) => (isForged(req) ? null : handshakeOf(req.socket as TLSSocket))
  const proxy = { networks: networkList(ends.networks), secret: ends.secret.reveal() }
  return (req) => forwardedIn(req, proxy)
}

/** The handshake of this connection; a resumed session proves nothing. */
function handshakeOf(socket: TLSSocket): Forwarded {
  const certificates: Uint8Array[] = []
  const isResumed = socket.isSessionReused()
  let next = isResumed ? undefined : socket.getPeerX509Certificate()
  for (; next && certificates.length < mostCertificates; next = next.issuerCertificate) certificates.push(next.raw)
  return { certificates, isResumed }
}
const resumed = { ok: false, why: 'no-card', detail: 'a resumed TLS session, which shows no card' } as const

/** Answers one request with one ticket by a redirect back; then the connection, and with it the handshake, ends. */
async function answer(
  app: Served,
  validate: (sent: readonly Uint8Array[], now: number) => Promise<CardValidation<CardAnchor>>,
  handshake: Handshake,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  res.setHeader('Connection', 'close')
  res.setHeader('Cache-Control', 'no-store')
  res.setHeader('Referrer-Policy', 'no-referrer')
  res.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
  const goTo = (location: string) => void res.writeHead(303, { Location: location }).end()
  const url = URL.parse(req.url ?? '', app.issuer)
  await dropRest(req, res)
  if (req.method !== 'GET' || url?.pathname !== '/') return void res.writeHead(404).end()
  const sent = handshake(req)
  if (!sent) return void res.writeHead(400).end()

  const sealed = url.searchParams.get('ticket') ?? ''
  const ticket = readHandoffTicket(app, sealed)
  if (!ticket) return goTo(app.issuer.href)
  if (!(await spendHandoffTicket(app, sealed, ticket))) return goTo(handoffReturnUrl(app, ticket, null))
  const validation = sent.isResumed ? resumed : await validate(sent.certificates, app.now().getTime())
  const shown = shownBy(validation, sent.certificates[0]) satisfies Shown
  await noteCard(app, validation, shown)
  goTo(handoffReturnUrl(app, ticket, shown))
}

/** Logs a card's validation for the operator, who repairs revocation and links cards to people. */
async function noteCard(
  { log, store }: Served,
  validation: CardValidation<CardAnchor>,
  { handle, why, detail }: Shown,
) {
  if (why) log[why === 'revocation-unknown' ? 'warn' : 'info']({ why, detail }, 'a card was not taken')
  if (validation.ok && validation.caveat)
    log.warn({ detail: validation.caveat }, 'a card was taken, and nobody said that it is good')
  if (!validation.ok || (why === null && (await store.authenticators.find('smartcard', handle)))) return
  const { card, issuer, anchor } = validation
  log.info(
    { anchor: anchor.name, binding: anchor.binding, names: handlesOf(card, issuer, anchor.name) },
    'a card is linked to nobody',
  )
}
