import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { Authority, cardExtensions, folderForAll, type Issued } from '../pki.ts'
import { answerOf, arrive, ask, loggedAs, provenBy, redeem, underWayIn } from '../sign-in.ts'
import {
  anchorOf,
  atTheCard,
  doorOf,
  keyOf,
  outcomeOf,
  redeemed,
  returnedIn,
  serverWithCards,
  show,
  signInWith,
  withCards,
} from './card-server.ts'

// Cards over real TLS, to the card host and back: of all of them, only the good ones sign in, each as its own person.

const folder = folderForAll()
const [keys, tokens] = await Promise.all([Authority.root(folder, 'keys'), Authority.root(folder, 'tokens')])
const stranger = await Authority.root(folder, 'stranger', { subject: '/O=Harbour/CN=keys' })

const [adas, graces, nobodys, revoked, onToken] = await Promise.all([
  keys.issue(),
  keys.issue({ subject: '/CN=Grace Hopper' }),
  keys.issue(),
  keys.issue(),
  tokens.issue(),
])
await keys.revoke(revoked)
const people = withCards({
  ada: { Badge: keyOf(adas), Lost: keyOf(revoked), Token: keyOf(onToken) },
  grace: { Badge: keyOf(graces) },
})
const anchors = await Promise.all([
  anchorOf(folder, keys, 'keys'),
  anchorOf(folder, tokens, 'tokens', 'unlocked: true'),
])
const cards = await serverWithCards(folder, anchors.join('\n'), people)
const { server } = cards
const outcome = (username: string, card: Issued | null) => outcomeOf(cards, username, card)

describe('a good card', () => {
  test.for(['TLSv1.2', 'TLSv1.3'] as const)('signs its owner in over %s: sc, phishing-resistant', async (version) => {
    const { browser, asked, ...view } = await signInWith(cards, 'ada', adas, { version })
    if (view.at !== 'done') throw new Error(JSON.stringify(view))
    const claims = (await redeem(asked, (await browser.follow(view.goTo)).url)).claims()
    expect(claims).toMatchObject({ amr: ['sc'], acr: 'urn:sallyport:acr:aal1' })
    const [evidence] = await provenBy(server, view)
    expect(evidence).toMatchObject({ factor: 'smartcard', proves: ['has'] })
    expect((await server.app.context.store.people.get(evidence?.account ?? ''))?.username).toBe('ada')
  })
  test('whose issuer has every key behind a PIN proves two kinds: sc, hwk and mfa', async () => {
    const { browser, asked, ...view } = await signInWith(cards, 'ada', onToken)
    if (view.at !== 'done') throw new Error(JSON.stringify(view))
    const claims = (await redeem(asked, (await browser.follow(view.goTo)).url)).claims()
    expect(claims?.amr).toEqual(['sc', 'hwk', 'mfa'])
  })
  test('says by itself who its owner is, and nobody has to be named', async () => {
    const [browser, asked] = [new Browser(), await ask(server)]
    const { page, view } = await arrive(browser, asked)
    const { location } = await show(cards, doorOf(view), graces)
    expect(await viewIn(await browser.get(location ?? ''))).toMatchObject({
      at: 'returning',
      answer: returnedIn(location),
    })
    const done = await redeemed(browser, page, view, returnedIn(location))
    if (done.at !== 'done') throw new Error(JSON.stringify(done))
    const claims = (await redeem(asked, (await browser.follow(done.goTo)).url)).claims()
    expect((await server.app.context.store.people.get(claims?.sub ?? ''))?.username).toBe('grace')
  })
  test('of nobody, while nobody is named, is refused, and there is another try', async () => {
    const browser = new Browser()
    const { page, view } = await arrive(browser, await ask(server))
    const { location } = await show(cards, doorOf(view), nobodys)
    const refused = await redeemed(browser, page, view, returnedIn(location))
    expect(refused).toMatchObject({ at: 'identify', refusal: { code: 'unlinked-card' } })
    const again = await show(cards, doorOf(refused), graces)
    expect((await redeemed(browser, page, refused, returnedIn(again.location))).at).toBe('done')
  })
  test('after a password: pwd, sc and mfa', async () => {
    const { browser, asked, page, open } = await atTheCard(cards, 'ada', 'treasury')
    const second = await underWayIn(await browser.post(`${page}/answer`, answerOf(open, 'limestone lantern 41')))
    const { location } = await show(cards, doorOf(second), adas)
    const done = await redeemed(browser, page, second, returnedIn(location))
    if (done.at !== 'done') throw new Error(JSON.stringify(done))
    const claims = (await redeem(asked, (await browser.follow(done.goTo)).url)).claims()
    expect(claims?.amr).toEqual(['pwd', 'sc', 'mfa'])
  })
})

describe('a card that is not taken says why', () => {
  const same = { keyFile: adas.key }
  const cases: readonly (readonly [string, () => Promise<Issued | null>, string])[] = [
    ['none was chosen', async () => null, 'no-card'],
    [
      'it is for servers',
      () => keys.issue({ ...same, extensions: ['keyUsage=digitalSignature', 'extendedKeyUsage=serverAuth'] }),
      'wrong-card',
    ],
    [
      'it says nothing of what it is for',
      () => keys.issue({ ...same, extensions: ['keyUsage=digitalSignature'] }),
      'wrong-card',
    ],
    ['it has expired', () => keys.issue({ ...same, from: -10, until: -1 }), 'expired-card'],
    ['it is of the future', () => keys.issue({ ...same, from: 1, until: 2 }), 'expired-card'],
    ['it is revoked', async () => revoked, 'revoked-card'],
    [
      'its issuer only has the same name',
      () => stranger.issue({ ...same, extensions: [...cardExtensions, 'authorityKeyIdentifier=none'] }),
      'unknown-issuer',
    ],
    ['nobody is linked to it', async () => nobodys, 'unlinked-card'],
    ['it is somebody else’s', async () => graces, 'others-card'],
  ]
  test.for(cases)('%s', async ([, card, expected]) => {
    expect(await outcome('ada', await card())).toBe(expected)
  })
  test('it is somebody else’s than the person whose password was just checked, and nobody’s session begins', async () => {
    const { browser, page, open } = await atTheCard(cards, 'ada', 'treasury')
    const second = await underWayIn(await browser.post(`${page}/answer`, answerOf(open, 'limestone lantern 41')))
    const { location } = await show(cards, doorOf(second), graces)
    const refused = await redeemed(browser, page, second, returnedIn(location))
    expect(refused).toMatchObject({ at: 'answer', username: 'ada', refusal: { code: 'others-card' } })
    expect((await provenBy(server, refused)).map(({ factor }) => factor)).toEqual(['password'])
  })
  test('the log has what exactly was wrong, and the person has not', async () => {
    const forged = await stranger.issue({ ...same, extensions: [...cardExtensions, 'authorityKeyIdentifier=none'] })
    const { page, browser, open } = await atTheCard(cards, 'ada')
    const { location } = await show(cards, doorOf(open), forged)
    const view = await redeemed(browser, page, open, returnedIn(location))
    expect(JSON.stringify(view)).not.toContain('no path')
    const trail = await server.app.context.store.records.trail([await loggedAs(server, view.uid)])
    expect(trail.find(({ kind }) => kind === 'refused')).toMatchObject({
      why: 'unknown-issuer',
      remark: 'no path to an anchor',
    })
  })
  test('somebody who does not exist is told the same about a card', async () => {
    expect(await outcome('nobody', nobodys)).toBe('unlinked-card')
    expect(await outcome('nobody', graces)).toBe('others-card')
  })
  test('a list that ended says nothing; a list that is replaced says it at once', async () => {
    const lost = await keys.issue(same)
    expect(await outcome('ada', lost)).toBe('done')
    server.clock.aheadMs = 3_700_000
    expect(await outcome('ada', lost)).toBe('revocation-unknown')
    server.clock.aheadMs = 0
    await keys.revoke(lost)
    await keys.list(`${folder}/keys.crl`)
    expect(await outcome('ada', lost)).toBe('revoked-card')
  })
  test('after Cancel there is another try, with another ticket, to another name, and no attempt was charged', async () => {
    const { browser, page, open } = await atTheCard(cards, 'grace')
    let view = open
    for (let times = 0; times < 60; times++) {
      const { location } = await show(cards, doorOf(view), null)
      const next = await redeemed(browser, page, view, returnedIn(location))
      expect(next.refusal?.code).toBe('no-card')
      expect(new URL(doorOf(next)).host).not.toBe(new URL(doorOf(view)).host)
      view = next
    }
    const { location } = await show(cards, doorOf(view), graces)
    expect((await redeemed(browser, page, view, returnedIn(location))).at).toBe('done')
  })
})

test('a card whose name was written beside another person’s row proves nothing: what it is known by is sealed', async () => {
  const raw = new DatabaseSync(`${server.dataFolder}/sallyport.sqlite`)
  const rename = (from: string, to: string) =>
    raw.prepare("UPDATE authenticators SET handle = ? WHERE factor = 'smartcard' AND handle = ?").run(to, from)
  const swap = () => {
    rename(keyOf(adas), 'between')
    rename(keyOf(graces), keyOf(adas))
    rename('between', keyOf(graces))
  }
  swap()
  expect(await outcome('ada', graces)).toBe('unlinked-card')
  swap()
  expect(await outcome('ada', adas)).toBe('done')
  raw.close()
})

test('a new browser learns nothing from a ticket: the same for everybody', async () => {
  const shapes = await Promise.all(
    ['ada', 'nobody'].map(async (username) => {
      const { open } = await atTheCard(cards, username)
      return JSON.stringify(open).replace(/"(uid|id|answerUrl|username)":"[^"]*"|"closesInMs":\d+/g, '')
    }),
  )
  expect(shapes[0]).toBe(shapes[1])
  expect(new Browser().jar).toBeDefined()
})
