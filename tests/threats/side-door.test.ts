import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { keyHandleOf } from '#server/factors/smartcard/handle.ts'
import { readCertificate } from '#server/factors/smartcard/x509/certificate.ts'
import { Browser, viewIn } from '../browser.ts'
import { Authority, folderForAll } from '../pki.ts'
import { provenBy, type UnderWay, underWayIn } from '../sign-in.ts'
import {
  anchorOf,
  atTheCard,
  doorOf,
  questionIn,
  redeemed,
  returnedIn,
  serverWithCards,
  show,
  withCards,
} from '../smartcard/card-server.ts'

// The attack: somebody begins a sign-in, sends its ticket to the victim, whose browser shows the victim's card, and polls
// for the result; or takes a result from an address and uses it again, elsewhere, later, or in parts.

const folder = folderForAll()
const keys = await Authority.root(folder, 'keys')
const [adas, graces] = await Promise.all([keys.issue(), keys.issue()])
const keyOf = ({ certificate }: typeof adas) => {
  const card = readCertificate(readFileSync(certificate))
  return card ? keyHandleOf(card) : ''
}
const people = withCards({ ada: { Badge: keyOf(adas) }, grace: { Badge: keyOf(graces) } })
const cards = await serverWithCards(folder, await anchorOf(folder, keys, 'keys'), people)
const { server } = cards

const pathOf = (location: string | null) => {
  const { origin, pathname } = new URL(location ?? '')
  return { origin, pathname }
}

test('a relayed ticket leads the victim to a page that is over, and the attacker to nothing', async () => {
  const attacker = await atTheCard(cards, 'ada')
  const { location } = await show(cards, doorOf(attacker.open), adas)
  expect(pathOf(location)).toEqual({ origin: server.issuer, pathname: new URL(attacker.page).pathname })

  const victim = new Browser()
  const page = await viewIn(await victim.get(location ?? ''))
  expect(page).toMatchObject({ at: 'over', why: 'expired' })
  const sent = { challenge: 'x', revision: attacker.open.revision, answer: { returned: returnedIn(location) } }
  expect((await viewIn(await victim.post(`${attacker.page}/answer`, sent))).at).toBe('over')

  const polled = await underWayIn(await attacker.browser.get(`${attacker.page}/view`))
  expect(polled).toMatchObject({ at: 'answer', revision: attacker.open.revision })
  expect(JSON.stringify(polled)).not.toContain(returnedIn(location))
  const ticket = new URL(doorOf(attacker.open)).searchParams.get('ticket') ?? ''
  for (const guess of [ticket, doorOf(attacker.open)]) {
    const response = await attacker.browser.post(`${attacker.page}/answer`, {
      ...sent,
      challenge: polled.at === 'answer' ? polled.challenge.id : '',
      answer: { returned: guess },
    })
    expect(response.status).toBe(400)
  }
  expect(await provenBy(server, attacker.open)).toEqual([])
})

test('a ticket is good for one try, and only as it was written', async () => {
  const { open } = await atTheCard(cards, 'ada')
  const door = doorOf(open)
  expect(returnedIn((await show(cards, door, adas)).location)).not.toBe('nothing')
  expect(returnedIn((await show(cards, door, graces)).location)).toBe('nothing')
  for (const changed of [`${door}A`, door.slice(0, -2), door.replace(/ticket=.*/, 'ticket='), door.replace(/\?.*/, '')])
    expect((await show(cards, changed, adas)).location).toBe(`${server.issuer}/`)
  const late = await atTheCard(cards, 'ada')
  server.clock.aheadMs = 61 * 60_000
  expect((await show(cards, doorOf(late.open), adas)).location).toBe(`${server.issuer}/`)
  server.clock.aheadMs = 0
})

test('of twenty that use one ticket at once, one is shown a result', async () => {
  const { open } = await atTheCard(cards, 'ada')
  const all = await Promise.all(Array.from({ length: 20 }, () => show(cards, doorOf(open), adas)))
  expect(all.filter(({ location }) => returnedIn(location) !== 'nothing')).toHaveLength(1)
})

test('looking at a result spends nothing; sending it does, once', async () => {
  const { browser, page, open } = await atTheCard(cards, 'ada')
  const { location } = await show(cards, doorOf(open), adas)
  for (let times = 0; times < 3; times++) {
    const view = await underWayIn(await browser.get(location ?? ''))
    const brought = { challenge: questionIn(open).id, answer: returnedIn(location) }
    expect(view).toMatchObject({ at: 'returning', ...brought, revision: open.revision })
  }
  const all = await Promise.all(Array.from({ length: 20 }, () => redeemed(browser, page, open, returnedIn(location))))
  expect(all.some(({ at }) => at === 'done')).toBe(true)
  expect(await provenBy(server, open)).toHaveLength(1)
})

test('a result answers the question that it was made for: no other sign-in, no later question, not for long', async () => {
  const one = await atTheCard(cards, 'ada')
  const other = await atTheCard(cards, 'ada')
  const { location } = await show(cards, doorOf(one.open), adas)
  const returned = returnedIn(location)
  const sent = (to: typeof one, view: UnderWay, what: string) => {
    if (view.at !== 'answer') throw new Error(view.at)
    const fields = { challenge: view.challenge.id, revision: view.revision, answer: { returned: what } }
    return to.browser.post(`${to.page}/answer`, fields)
  }
  expect((await sent(other, other.open, returned)).status).toBe(400)
  expect((await sent(one, one.open, `${returned.slice(0, -1)}${returned.endsWith('A') ? 'B' : 'A'}`)).status).toBe(400)

  server.clock.aheadMs = 121_000
  expect((await sent(one, one.open, returned)).status).toBe(400)
  const look = async () => underWayIn(await one.browser.get(location ?? ''))
  expect((await look()).at).toBe('answer')
  server.clock.aheadMs = 0

  const again = await underWayIn(
    await one.browser.post(`${one.page}/challenge`, { revision: one.open.revision, factor: 'smartcard' }),
  )
  expect((await sent(one, again, returned)).status).toBe(400)
  expect((await look()).at).toBe('answer')
})

test('what the card host alone may say is not taken from a browser', async () => {
  const { browser, page, open } = await atTheCard(cards, 'ada')
  if (open.at !== 'answer') throw new Error(open.at)
  const said = { handle: keyOf(adas), card: null, unlocked: true, why: null, detail: '' }
  for (const answer of [
    said,
    { returned: said },
    { ...said, returned: 'x' },
    { returned: JSON.stringify(said) },
    null,
  ]) {
    const fields = { challenge: open.challenge.id, revision: open.revision, answer }
    expect((await browser.post(`${page}/answer`, fields)).status).toBe(400)
  }
  expect(await provenBy(server, open)).toEqual([])
})

test('a session that is taken up again is no proof, and no connection is used twice', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const first = await atTheCard(cards, 'ada')
    const { session, headers } = await show(cards, doorOf(first.open), adas, { version })
    expect(headers.connection).toBe('close')
    const second = await atTheCard(cards, 'ada')
    const resumed = await show(cards, doorOf(second.open), null, { version, session })
    expect(resumed.reused).toBe(false)
    const refused = await redeemed(second.browser, second.page, second.open, returnedIn(resumed.location))
    expect(refused.refusal?.code).toBe('no-card')
  }
})

test('the card host answers one question and no other', async () => {
  const { open } = await atTheCard(cards, 'ada')
  const door = doorOf(open)
  for (const path of ['/sign-in/x', '/auth', '/.well-known/openid-configuration', '/bench'])
    expect((await show(cards, new URL(path, door).href, adas)).status).toBe(404)
  for (const method of ['POST', 'HEAD', 'OPTIONS', 'PUT'])
    expect((await show(cards, door, adas, { method })).status).toBe(404)
  expect((await show(cards, door, adas)).status).toBe(303)
})
