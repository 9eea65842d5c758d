import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Authority, folderForAll, type Issued } from '../pki.ts'
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
import { openHaproxy, openNginx } from './card-proxy.ts'

// The examples for proxies, by Debian's nginx and HAProxy: what they say of a handshake is what Sallyport takes.

const folder = folderForAll()
const root = await Authority.root(folder, 'Harbour Root')
const issuing = await root.authority('Harbour Cards')
const adas = await issuing.issue({ key: ['rsa:4096'] })
const lists = `.crl, ${await issuing.list(join(folder, 'below.crl'))}]`
const anchor = (await anchorOf(folder, root, 'cards')).replace('.crl]', lists)
const withIssuing = anchor.replace('certificates:', `intermediates: ${issuing.self.certificate}, certificates:`)
const issuers = join(folder, 'issuers.pem')
writeFileSync(issuers, [root, issuing].map(({ self }) => readFileSync(self.certificate, 'utf8')).join(''))

const resuming = {
  nginx: (text: string) =>
    text.replace('ssl_session_cache off', 'ssl_session_cache shared:x:1m').replace('tickets off', 'tickets on'),
  HAProxy: (text: string) => text.replace('tune.ssl.cachesize 0', '').replace('no-tls-tickets', ''),
}

describe.each([
  ['nginx', openNginx, withIssuing],
  // HAProxy sends the chain: the card's issuer stands in no file.
  ['HAProxy', openHaproxy, anchor],
] as const)('%s', async (name, open, anchors) => {
  const ends = 'proxy: { networks: [127.0.0.1/32], secret: shared }'
  const cards = await serverWithCards(folder, anchors, withCards({ ada: { Badge: keyOf(adas) }, grace: {} }), ends)
  const site = await cards.site.issue({
    extensions: ['extendedKeyUsage=serverAuth', 'subjectAltName=DNS:*.card.localhost'],
  })
  const port = Number(new URL(doorOf((await atTheCard(cards, 'ada')).open)).port)
  const at = await open({ site, issuers, port })
  const lax = await open({ site, issuers, port, change: resuming[name] })

  async function outcome(person: Issued | null, proxy = at, session?: Buffer) {
    const { browser, page, open: asked } = await atTheCard(cards, 'ada')
    const { search } = new URL(doorOf(asked))
    const shown = await show(cards, `https://one.card.localhost:${proxy}/${search}`, person, {
      session,
      version: 'TLSv1.2',
    })
    if (shown.status !== 303) return { ...shown, came: shown.status }
    const view = await redeemed(browser, page, asked, returnedIn(shown.location))
    return { ...shown, came: view.at === 'done' ? 'done' : view.refusal?.code }
  }

  test('a card signs its holder in, and none does not', async () => {
    expect((await outcome(adas)).came).toBe('done')
    expect((await outcome(null)).came).toBe('no-card')
    expect((await outcome(await issuing.issue())).came).toBe('unlinked-card')
  })
  test('a resumed TLS session is no proof of a card, where the proxy takes one up at all', async () => {
    const first = await outcome(adas, lax)
    expect(first.came).toBe('done')
    expect(await outcome(adas, lax, first.session)).toMatchObject({ reused: true, came: 'no-card' })
    const { session } = await outcome(adas)
    expect(await outcome(adas, at, session)).toMatchObject({ reused: false, came: 'done' })
  })
})
