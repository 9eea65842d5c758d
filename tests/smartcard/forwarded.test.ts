import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { logTo } from '#server/operator/log.ts'
import { Authority, dersIn, folderForAll } from '../pki.ts'
import { anchorOf, atTheCard, doorOf, keyOf, redeemed, returnedIn, serverWithCards, withCards } from './card-server.ts'
import { directly } from './direct.ts'

// What a proxy says of a handshake: nothing of a card that was not there, all of a chain, and whether the session is a new one.

const folder = folderForAll()
const root = await Authority.root(folder, 'Harbour Root')
const middle = await root.authority('Harbour Middle')
const issuing = await middle.authority('Harbour Cards')
const card = await issuing.issue()
const [leaf, ...above] = dersIn(card.chain) as [Buffer, Buffer, Buffer]
const lists = await Promise.all([middle, issuing].map((one, at) => one.list(join(folder, `${at}.crl`))))
const lines: string[] = []
const cards = await serverWithCards(
  folder,
  (await anchorOf(folder, root, 'cards')).replace('.crl]', `.crl, ${lists.join(', ')}]`),
  withCards({ ada: { Badge: keyOf(card) }, grace: {} }),
  'proxy: { networks: [127.0.0.1/32], secret: shared }',
  logTo('info', { write: (line: string) => void lines.push(line) }),
)
const print = createHash('sha256').update(leaf).digest('hex')
const field = (...ders: readonly Buffer[]) => `:${Buffer.concat(ders).toString('base64')}:`

async function outcome(own: string | null, chain: string | null, proof: string) {
  const { browser, page, open } = await atTheCard(cards, 'ada')
  const headers = [
    ['Client-Cert', own] as const,
    ['Client-Cert-Chain', chain] as const,
    ['Sallyport-Proxy', proof] as const,
  ]
  const said = headers.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]))
  const { status, location } = await directly(doorOf(open), said)
  if (status !== 303) return status
  const view = await redeemed(browser, page, open, returnedIn(location))
  return view.at === 'done' ? 'done' : view.refusal?.code
}
const proven = `shared ${print}`

describe('a chain', () => {
  test('is read whole: as a list of fields (RFC 9440 §2.3), as one field of certificates in a row, or both', async () => {
    expect(above.length).toBe(2)
    expect(await outcome(field(leaf), above.map((one) => field(one)).join(', '), proven)).toBe('done')
    expect(await outcome(field(leaf), field(...above), proven)).toBe('done')
    expect(await outcome(field(leaf), `${field(leaf, ...above)}, ${field(...above)}`, proven)).toBe('done')
  })
  test('is answered 400 when it cannot be read whole', async () => {
    const [next = leaf, last = leaf] = above
    const junk = Buffer.from('30020500', 'hex')
    for (const chain of [
      field(next, last.subarray(0, -1)),
      field(next, last, Buffer.from([0])),
      field(next, junk),
      field(next, last, ...Array<Buffer>(6).fill(next)),
      `${field(next)}, ::`,
      'junk',
    ])
      expect([chain, await outcome(field(leaf), chain, proven)]).toEqual([chain, 400])
    expect(await outcome(field(leaf, next), field(last), proven)).toBe(400)
    expect(await outcome(field(leaf, Buffer.from([0])), field(...above), proven)).toBe(400)
  })
})

describe('an empty header', () => {
  test('is no certificate', async () => {
    for (const [own, chain] of [
      ['', ''],
      ['::', '::'],
      ['', null],
      [null, ''],
      [null, null],
    ] as const)
      expect([own, chain, await outcome(own, chain, 'shared')]).toEqual([own, chain, 'no-card'])
    expect(await outcome('::', '::', 'shared  0')).toBe('no-card')
    expect(await outcome(null, null, 'shared  .')).toBe('no-card')
  })
  test('is nothing that a fingerprint or a chain could stand beside', async () => {
    expect(await outcome('', '', proven)).toBe(400)
    expect(await outcome('::', field(...above), 'shared')).toBe(400)
    expect(await outcome(null, field(...above), 'shared')).toBe(400)
    expect(await outcome('', '', 'Shared')).toBe(400)
  })
})

test('a resumed TLS session is no fresh proof of a card, where the proxy says so: nginx and HAProxy', async () => {
  const chain = field(...above)
  for (const state of ['.', '0']) expect(await outcome(field(leaf), chain, `${proven} ${state}`)).toBe('done')
  for (const state of ['r', '1']) {
    lines.length = 0
    expect(await outcome(field(leaf), chain, `${proven} ${state}`)).toBe('no-card')
    expect(lines.join('')).toContain('a resumed TLS session, which shows no card')
    expect(await outcome(field(leaf), chain, `Shared ${print} ${state}`)).toBe(400)
  }
  expect(await outcome(field(leaf), chain, `${proven} x`)).toBe(400)
  expect(await outcome(field(leaf), chain, 'shared .')).toBe(400)
})

test('the log says why nobody can say that a card is good', async () => {
  cards.server.clock.aheadMs = 2 * 3_600_000
  lines.length = 0
  expect(await outcome(field(leaf), field(...above), proven)).toBe('revocation-unknown')
  cards.server.clock.aheadMs = 0
  const { why, detail } = lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'a card was not taken')
  expect(why).toBe('revocation-unknown')
  for (const list of lists) expect(detail).toMatch(new RegExp(`certificate [0-9a-f]+ \\(.*${list}: ended at 20`))
})
