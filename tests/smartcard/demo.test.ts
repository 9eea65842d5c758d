import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Browser } from '../browser.ts'
import { folderForAll } from '../pki.ts'
import { answerOf, arrive, ask, identify, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'
import { type BenchCard, benchCard, benchFile } from './bench-card.ts'
import { doorOf, redeemed, returnedIn, show } from './card-server.ts'

// The demo makes a test authority on first start, and the bench hands out its cards.

const folder = folderForAll()
const server = await serverForAll(
  ({ harbour, treasury }) => `bench: { people: people.yaml, cards: true }
policies:
  card: { rules: [{ name: everyone, then: { primary: [smartcard] } }] }
  payroll: { rules: [{ name: everyone, then: { primary: [password, totp], enrol: inline } }] }
clients:
  harbour: { client_name: Harbour, redirect_uris: ['${harbour}/callback'], policy: card }
  treasury: { client_name: Treasury, redirect_uris: ['${treasury}/callback'], policy: payroll }
`,
)
const bench = new Browser()
const fetched = (path: string) => benchFile(server, path)
const cardIn = (name: string) => benchCard(server, folder, name)

async function outcome(card: BenchCard) {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  const { location } = await show(card, doorOf(view), card)
  const after = await redeemed(browser, page, view, returnedIn(location))
  return after.at === 'done' ? 'done' : after.refusal?.code
}

test('its cards do what their names say, each as a .p12 with the password beside it', async () => {
  const { kinds } = JSON.parse((await fetched('/api/cards')).toString())
  expect(kinds).toEqual(['good', 'expired', 'revoked', 'wrong-purpose', 'unknown-issuer'])
  const outcomes = []
  for (const kind of kinds) outcomes.push(await outcome(await cardIn(`ada-${kind}`)))
  expect(outcomes).toEqual(['done', 'expired-card', 'revoked-card', 'wrong-card', 'unknown-issuer'])
  expect(await outcome(await cardIn('grace-good'))).toBe('done')
})

test('a second start keeps the cards; one in another year makes new ones, which are linked in place of them', async () => {
  const before = await fetched('/cards/ada-good.p12')
  const linked = async () => (await bench.get(`${server.issuer}/bench/api/people/ada/authenticators`)).json()
  const [was] = (await linked()).filter(({ factor }: { factor: string }) => factor === 'smartcard')
  await server.restart()
  expect(await fetched('/cards/ada-good.p12')).toEqual(before)
  server.clock.aheadMs = 350 * 24 * 3_600_000
  await server.restart()
  expect(await fetched('/cards/ada-good.p12')).not.toEqual(before)
  const [is, ...others] = (await linked()).filter(({ factor }: { factor: string }) => factor === 'smartcard')
  expect([is.label, is.id !== was.id, others]).toEqual([was.label, true, []])
  server.clock.aheadMs = 0
})

test('only cards are handed out: no keys of the authority, and nothing else in the folder', async () => {
  for (const name of [
    'host.key',
    'host.crt',
    'cards.crl',
    'ada-good.crt',
    'nobody-good.p12',
    '..%2Fstorage.key',
    '%2e%2e/storage.key',
  ])
    expect((await bench.get(`${server.issuer}/bench/cards/${name}`)).status).toBe(404)
  expect(readFileSync(join(server.dataFolder, 'cards/host.key'), 'utf8')).toContain('PRIVATE KEY')
})

test('whoever of the demo has a password alone adds a method on the way, and their card is linked to nobody', async () => {
  const shipped = readFileSync(join(import.meta.dirname, '../../examples/demo/people.yaml'), 'utf8')
  await server.restart(shipped)
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server, 'treasury'))
  const named = await identify(browser, page, view, 'mira')
  const answer = answerOf(named, 'slate staircase 73')
  const after = await underWayIn(await browser.post(`${page}/answer`, answer))
  expect(after).toMatchObject({ at: 'enrol', factors: ['totp'] })
  expect(await outcome(await cardIn('mira-good'))).toBe('unlinked-card')
})
