import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type IncomingMessage, request as plainRequest } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, describe, expect, test } from 'vitest'
import { Authority, dersIn, folderForAll, type Issued } from '../pki.ts'
import { answerOf, provenBy } from '../sign-in.ts'
import {
  anchorOf,
  atTheCard,
  doorOf,
  keyOf,
  redeemed,
  returnedIn,
  serverWithCards,
  show,
  withCards,
} from '../smartcard/card-server.ts'
import { directly } from '../smartcard/direct.ts'
import { field, forgeriesOf, namesIn, print } from './certificate-forgeries.ts'

// The attack: a certificate is public. Whoever sends somebody else's in a header that a proxy would use, to us or through
// a proxy that lets it pass, has shown no key (Keycloak CVE-2024-10039, OpenShift CVE-2026-46579).

const folder = folderForAll()
const root = await Authority.root(folder, 'Harbour Root')
const issuing = await root.authority('Harbour Cards')
const adas = await issuing.issue()
const people = withCards({ ada: { Badge: keyOf(adas) }, grace: {} })
const anchor = `${await anchorOf(folder, root, 'cards')}`.replace(
  '.crl]',
  `.crl, ${await issuing.list(join(folder, 'below.crl'))}]`,
)

const [leaf = Buffer.alloc(0), above = Buffer.alloc(0)] = dersIn(adas.chain)
const forgeries = forgeriesOf(adas.chain)

async function comesToNothing(
  server: Parameters<typeof provenBy>[0],
  { browser, page, open }: Awaited<ReturnType<typeof atTheCard>>,
  answered: { readonly status: number; readonly location: string | null },
) {
  if (answered.status === 303 && returnedIn(answered.location) !== 'nothing') {
    const view = await redeemed(browser, page, open, returnedIn(answered.location))
    expect(view.refusal?.code).toBe('no-card')
  } else expect(answered.status).toBe(400)
  expect(await provenBy(server, open)).toEqual([])
}

describe('where TLS ends with us', async () => {
  const cards = await serverWithCards(folder, anchor, people)
  test.for(Object.entries(forgeries))('%s, at the card host', async ([, headers]) => {
    const there = await atTheCard(cards, 'ada')
    await comesToNothing(cards.server, there, await show(cards, doorOf(there.open), null, { headers }))
  })
  test.for(namesIn(forgeries))('%s alone is answered 400', async (name) => {
    const { open } = await atTheCard(cards, 'ada')
    expect((await show(cards, doorOf(open), null, { headers: { [name]: 'x' } })).status).toBe(400)
  })
  test('what says nothing of certificates is let through', async () => {
    const harmless = ['Client-IP', 'True-Client-IP', 'X-Cluster-Client-IP', 'X-Real-IP', 'X-Forwarded-For']
    const more = ['X-Client-Data', 'X-Client-Version', 'X-Client-ID', 'X-SSL', 'X-Forwarded-Client-Port', 'Forwarded']
    const headers = Object.fromEntries([...harmless, ...more].map((name) => [name, 'x']))
    const { open } = await atTheCard(cards, 'ada')
    expect((await show(cards, doorOf(open), null, { headers })).status).toBe(303)
  })
  test.for(Object.entries(forgeries))('%s, at the sign-in', async ([, headers]) => {
    const { browser, page, open } = await atTheCard(cards, 'ada', 'lighthouse')
    const response = await browser.post(`${page}/answer`, answerOf(open, ''), headers)
    expect(response.status).toBe(422)
    expect(await provenBy(cards.server, open)).toEqual([])
  })
  test('the secret of a proxy is nothing here', async () => {
    const there = await atTheCard(cards, 'ada')
    const headers = { 'Client-Cert': field(leaf), 'Sallyport-Proxy': `shared ${print(leaf)}` }
    await comesToNothing(cards.server, there, await show(cards, doorOf(there.open), null, { headers }))
  })
})

/** A proxy that ends TLS. What a browser sends goes on as it is, unless it strips that. */
async function proxyTo(
  site: Authority,
  target: () => URL,
  says: (seen: Buffer | null) => Readonly<Record<string, string>>,
  strips: boolean,
) {
  const { chain, key } = await site.issue({
    extensions: ['extendedKeyUsage=serverAuth', 'subjectAltName=DNS:*.card.localhost'],
  })
  const options = { cert: chain, key: readFileSync(key), requestCert: true, rejectUnauthorized: false }
  const server = createServer(options, (req, res) => {
    const seen = (req.socket as TLSSocket).getPeerX509Certificate()?.raw ?? null
    const kept = strips ? [] : pairsOf(req)
    const to = plainRequest(
      new URL(req.url ?? '/', target()),
      { method: req.method, headers: ['Host', 'card.localhost', ...[...kept, ...Object.entries(says(seen))].flat()] },
      (got) => {
        res.writeHead(got.statusCode ?? 0, got.headers)
        got.pipe(res)
      },
    )
    to.end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
const pairsOf = ({ rawHeaders }: IncomingMessage) =>
  rawHeaders.flatMap((name, at) =>
    at % 2 === 0 && !/^(host|connection)$/i.test(name) ? [[name, rawHeaders[at + 1] ?? ''] as const] : [],
  )

describe('where a proxy ends TLS', async () => {
  const ends = 'proxy: { networks: [127.0.0.1/32], secret: shared }'
  const cards = await serverWithCards(folder, anchor, people, ends)
  const { site } = cards
  const says = (seen: Buffer | null): Readonly<Record<string, string>> =>
    seen
      ? {
          'Client-Cert': field(seen),
          'Client-Cert-Chain': field(above),
          'Sallyport-Proxy': `shared ${print(seen, 'sha1')}`,
        }
      : { 'Sallyport-Proxy': 'shared' }
  let target = new URL('http://localhost')
  const good = await proxyTo(site, () => target, says, true)
  const careless = await proxyTo(site, () => target, says, false)
  /** A door as the browser would be given it: the proxy's port in place of ours. */
  const through = (port: number, door: string) => {
    const { hostname, port: ours, search } = new URL(door)
    target = new URL(`http://127.0.0.1:${ours}`)
    return `https://${hostname}:${port}/${search}`
  }
  const proven = (name = 'sha256') => [
    ['Client-Cert', field(leaf)] as const,
    ['Client-Cert-Chain', field(above)] as const,
    ['Sallyport-Proxy', `shared ${print(leaf, name)}`] as const,
  ]
  async function outcome(port: number, person: Pick<Issued, 'chain' | 'key'> | null, headers = {}) {
    const { browser, page, open } = await atTheCard(cards, 'ada')
    const { status, location } = await show(cards, through(port, doorOf(open)), person, { headers })
    if (status !== 303) return status
    const view = await redeemed(browser, page, open, returnedIn(location))
    return view.at === 'done' ? 'done' : view.refusal?.code
  }

  test('its own card signs somebody in, no card does not', async () => {
    expect(await outcome(good, adas)).toBe('done')
    expect(await outcome(good, null)).toBe('no-card')
    expect(await outcome(careless, adas)).toBe('done')
  })
  test.for(Object.entries(forgeries))('%s, through a proxy that lets it pass', async ([, headers]) => {
    expect(['no-card', 400]).toContain(await outcome(careless, null, headers))
    const others = await issuing.issue()
    expect(['unlinked-card', 400]).toContain(await outcome(careless, others, headers))
  })
  test.for(Object.entries(forgeries))('%s, directly, without the proxy’s secret', async ([, headers]) => {
    const there = await atTheCard(cards, 'ada')
    await comesToNothing(cards.server, there, await directly(doorOf(there.open), Object.entries(headers)))
  })
  test('the proxy’s words, as they are; and everything that is not quite them', async () => {
    const base = proven()
    const [cert, chain, proof] = base as [(typeof base)[number], (typeof base)[number], (typeof base)[number]]
    const wrong: readonly (readonly (readonly [string, string])[])[] = [
      [cert, chain],
      [cert, chain, ['Sallyport-Proxy', 'shared']],
      [cert, chain, ['Sallyport-Proxy', `Shared ${print(leaf)}`]],
      [cert, chain, ['Sallyport-Proxy', `shared ${print(above)}`]],
      [cert, chain, ['Sallyport-Proxy', print(leaf)]],
      [cert, chain, proof, proof],
      [cert, cert, chain, proof],
      [cert, chain, chain, proof],
      [chain, proof],
      [chain, ['Sallyport-Proxy', 'shared']],
      [['Client-Cert', leaf.toString('base64')], chain, proof],
      [['Client-Cert', `${field(leaf)}, ${field(leaf)}, junk`], chain, proof],
      [['Client-Cert', `:${leaf.toString('base64url')}-:`], chain, proof],
      [cert, ['Client-Cert-Chain', 'junk'], proof],
      [cert, ['Client-Cert-Chain', Array(9).fill(field(above)).join(', ')], proof],
      [cert, chain, proof, ['X-SSL-Client-Verify', 'SUCCESS']],
    ]
    for (const headers of wrong) {
      const there = await atTheCard(cards, 'ada')
      expect([JSON.stringify(headers), (await directly(doorOf(there.open), headers)).status]).toEqual([
        JSON.stringify(headers),
        400,
      ])
    }
    for (const hash of ['sha1', 'sha256']) {
      const there = await atTheCard(cards, 'ada')
      const { location } = await directly(doorOf(there.open), proven(hash))
      expect((await redeemed(there.browser, there.page, there.open, returnedIn(location))).at).toBe('done')
    }
  })
  test('from an address that is not listed', async () => {
    const elsewhere = await serverWithCards(folder, anchor, people, ends.replace('127.0.0.1/32', '192.0.2.0/24'))
    const there = await atTheCard(elsewhere, 'ada')
    expect((await directly(doorOf(there.open), proven())).status).toBe(400)
  })
})
