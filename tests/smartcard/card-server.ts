import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import type { Logger } from 'pino'
import { keyHandleOf } from '#server/factors/smartcard/handle.ts'
import { readCertificate } from '#server/factors/smartcard/x509/certificate.ts'
import type { Challenge } from '#shared/wire/view.ts'
import { Browser } from '../browser.ts'
import { ada, grace } from '../people/people.ts'
import { Authority, type Issued } from '../pki.ts'
import { arrive, ask, identify, type UnderWay, underWayIn } from '../sign-in.ts'
import { serverForAll, type TestServer } from '../test-server.ts'

export interface CardServer {
  readonly server: TestServer
  /** Whose certificate the card host has. */
  readonly site: Authority
}

/** The people of the tests, with what their cards are known by. */
export const withCards = (cards: Readonly<Record<'ada' | 'grace', Readonly<Record<string, string>>>>): string =>
  [ada, grace]
    .map(({ apps: _, username, ...one }) => {
      const all = Object.entries(cards[username as 'ada' | 'grace'])
      const authenticators = all.map(([label, secret]) => ({ factor: 'smartcard', label, secret }))
      return `- ${JSON.stringify({ ...one, username, authenticators })}`
    })
    .join('\n')

export function certificateIn(file: string) {
  const certificate = readCertificate(readFileSync(file))
  if (!certificate) throw new Error('This is no certificate.')
  return certificate
}

/** What a card is known by, where it is known by its key. */
export const keyOf = ({ certificate }: Issued) => keyHandleOf(certificateIn(certificate))

/** A house with a card host; `anchors` are lines of YAML, `ends` what stands in place of its own TLS. */
export async function serverWithCards(
  folder: string,
  anchors: string,
  people: string,
  ends?: string,
  log?: Logger,
): Promise<CardServer> {
  const site = await Authority.root(folder, `Sites ${randomUUID()}`)
  const names = 'subjectAltName=DNS:*.card.localhost'
  const { chain, certificate, key } = await site.issue({ extensions: ['extendedKeyUsage=serverAuth', names] })
  const tls = `tls: { certificate: ${certificate}, key: { file: ${key} } }`
  const client = (name: string, policy: string, origin: string) =>
    `  ${name}: { client_name: ${name}, redirect_uris: ['${origin}/callback'], policy: ${policy} }`
  const server = await serverForAll(
    ({ harbour, lighthouse, treasury }) => `bench: { people: people.yaml }
policies:
  card: { rules: [{ name: everyone, then: { primary: [smartcard] } }] }
  either: { rules: [{ name: everyone, then: { primary: [password], secondary: [smartcard] } }] }
  both: { rules: [{ name: everyone, then: { primary: [password, smartcard] } }] }
clients:
${client('harbour', 'card', harbour)}
${client('lighthouse', 'either', lighthouse)}
${client('treasury', 'both', treasury)}
  bench: { client_name: Bench, redirect_uris: [/bench/callback], policy: card }
attempts: { per_address_a_minute: 100000, free_failures: 50 }
card:
  origin: https://*.card.localhost
  listen: { port: 0 }
  ${ends ?? tls}
  anchors:
${anchors}`,
    log,
  )
  if (!chain) throw new Error('The card host has no certificate.')
  await server.restart(people)
  return { server, site }
}

/** A folder's authority and its lists, as an anchor. */
export async function anchorOf(folder: string, authority: Authority, name: string, more = ''): Promise<string> {
  const list = await authority.list(join(folder, `${name}.crl`))
  return `    - { name: ${name}, certificates: ${authority.self.certificate}, revocation: { lists: [${list}] }, ${more} }`
}

export interface Answered {
  readonly status: number
  readonly location: string | null
  readonly headers: Readonly<Record<string, unknown>>
  readonly protocol: string | null
  readonly session: Buffer | undefined
  /** The names of the issuers that the browser is asked for a certificate of. */
  readonly reused: boolean
}
export interface Showing {
  readonly version?: 'TLSv1.2' | 'TLSv1.3'
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly session?: Buffer | undefined
  readonly method?: string
  readonly ecdhCurve?: string
}

/** A browser at the card host, which has this card in its reader, or none. */
export function show(
  { site }: { readonly site: Pick<Authority, 'self'> },
  address: string,
  card: Pick<Issued, 'chain' | 'key'> | null,
  { version, headers = {}, session, method = 'GET', ecdhCurve }: Showing = {},
): Promise<Answered> {
  const identity = card ? { cert: card.chain, key: readFileSync(card.key) } : {}
  const versions = {
    ...(version ? { minVersion: version, maxVersion: version } : {}),
    ...(ecdhCurve ? { ecdhCurve } : {}),
  }
  const ca = readFileSync(site.self.certificate)
  return new Promise((resolve, reject) => {
    let last = session
    const options = { ...identity, ...versions, ca, headers, method, agent: false, ...(session ? { session } : {}) }
    const req = request(
      address,
      { ...options, lookup: (_, __, found) => found(null, [{ address: '127.0.0.1', family: 4 }]) },
      (res) => {
        const socket = res.socket as TLSSocket
        const { statusCode = 0, headers: got } = res
        const reply = {
          status: statusCode,
          location: got.location ?? null,
          headers: got,
          protocol: socket.getProtocol(),
          reused: socket.isSessionReused(),
        }
        res.resume().on('end', () => resolve({ ...reply, session: last }))
      },
    )
    req.on('socket', (socket) =>
      socket.on('session', (ticket) => {
        last = ticket
      }),
    )
    req.on('error', reject).end()
  })
}

/** Somebody at the card's door. */
export async function atTheCard({ server }: CardServer, username: string, client = 'harbour') {
  const [browser, asked] = [new Browser(), await ask(server, client)]
  const { page, view } = await arrive(browser, asked)
  const open = await identify(browser, page, view, username)
  return { browser, asked, page, open }
}

/** The challenge that a card answers: the open one, or the one beside the question who somebody is. */
export function questionIn(view: UnderWay): Challenge {
  const open = view.at === 'answer' ? [view.challenge] : view.at === 'identify' ? view.usernameless : []
  const question = open.find(({ answerUrl: door }) => door !== null)
  if (!question) throw new Error(`There is no door: ${JSON.stringify(view)}`)
  return question
}
export const doorOf = (view: UnderWay): string => questionIn(view).answerUrl ?? ''

export const returnedIn = (location: string | null): string =>
  new URL(location ?? '').searchParams.get('returned') ?? 'nothing'

/** What the page sends when the browser is back. */
export async function redeemed(browser: Browser, page: string, view: UnderWay, returned: string): Promise<UnderWay> {
  const fields = { challenge: questionIn(view).id, revision: view.revision, answer: { returned } }
  return underWayIn(await browser.post(`${page}/answer`, fields))
}

/** The whole way of one card: the view at its end. */
export async function signInWith(
  cards: CardServer,
  username: string,
  card: Issued | null,
  showing: Showing = {},
): Promise<UnderWay & { asked: Awaited<ReturnType<typeof ask>>; browser: Browser }> {
  const { browser, asked, page, open } = await atTheCard(cards, username)
  const { location } = await show(cards, doorOf(open), card, showing)
  const view = await redeemed(browser, page, open, returnedIn(location))
  return { ...view, asked, browser }
}

/** What that comes to: 'done', or why not. */
export async function outcomeOf(cards: CardServer, username: string, card: Issued | null): Promise<string> {
  const view = await signInWith(cards, username, card)
  return view.at === 'done' ? 'done' : (view.refusal?.code ?? view.at)
}
