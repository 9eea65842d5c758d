import { digitsIn, patternIn } from '#server/factors/grid/pattern.ts'
import { coseOf, flag, SoftPasskey } from '../authenticator.ts'
import { ada, grace } from '../people/people.ts'
import { type BenchCard, benchCard } from '../smartcard/bench-card.ts'
import { returnedIn } from '../smartcard/card-server.ts'
import { read, readList, readText } from './mapping.ts'
import { not, pressed, shownBy, texted } from './people-carry.ts'
import type { Visit, Walker } from './walker.ts'

export const pattern = patternIn('B1 D2 A5 E3') ?? []
const standsIn = (rows: unknown) => digitsIn(Array.isArray(rows) ? rows : [], pattern)

/** What ada has, once she has got it. */
export interface Carried {
  readonly passkey: SoftPasskey
  readonly app: { readonly secret: string }
  readonly codes: readonly string[]
  readonly cards: Readonly<Record<string, BenchCard>>
}

const cardKinds = ['ada-good', 'grace-good', 'ada-expired', 'ada-revoked', 'ada-wrong-purpose', 'ada-unknown-issuer']

export const cardsOf = async (
  { house: server }: Walker,
  folder: string,
): Promise<Readonly<Record<string, BenchCard>>> => {
  const all = []
  for (const name of cardKinds) all.push([name, await benchCard(server, folder, name)] as const)
  return Object.fromEntries(all)
}

/** An enrolment at the bench: each answer is to the question that is open. */
async function enrolling(walker: Walker, username: string, factor: string) {
  const path = `/people/${username}/enrolments`
  let open = await walker.bench(path, { factor })
  return {
    get open() {
      return open
    },
    prompt: (name: string) => read(open, `prompt.${name}`),
    async answer(answer: object, label = '') {
      const next = await walker.bench(`${path}/${readText(open, 'id')}`, {
        revision: read(open, 'revision'),
        answer,
        label,
      })
      if (read(next, 'at') === 'asked') open = next
      return next
    },
  }
}

/** Every factor that somebody can get by themselves, and why they do not get it. */
export async function enrolments(walker: Walker, cards: Carried['cards']): Promise<Carried> {
  const totp = await enrolling(walker, 'ada', 'totp')
  const app = { secret: String(totp.prompt('secret')) }
  await totp.answer({ code: not(shownBy(app)) })
  await totp.answer({ code: shownBy(app) }, 'Second phone')

  const grid = await enrolling(walker, 'ada', 'grid')
  await grid.answer({ pattern: patternIn('A1 B1 C1 D1') })
  await grid.answer({ pattern })
  await grid.answer({ digits: '' })
  await grid.answer({ digits: standsIn(grid.prompt('rows')) })

  const sms = await enrolling(walker, 'ada', 'sms')
  await sms.answer({ number: '112' })
  await sms.answer({ number: '+33 6 12 34 56 78' })
  await sms.answer({ number: '+41 79 123 45 67' })
  await sms.answer({ code: not(texted(walker.house)) })
  await sms.answer({ code: texted(walker.house) })

  const codes = await enrolling(walker, 'ada', 'recovery-code')
  const carried = codes.prompt('codes') as readonly string[]
  await codes.answer({ saved: true })

  const passkey = new SoftPasskey({ origin: walker.house.issuer })
  const made = await enrolling(walker, 'ada', 'passkey')
  const prompt = () => read(made.open, 'prompt') as Parameters<SoftPasskey['make']>[0]
  const key = coseOf(passkey.key).set(-3, Buffer.alloc(32))
  await made.answer(passkey.make(prompt(), { cose: key }))
  await made.answer(passkey.make(prompt(), { clientData: { origin: 'https://evil.test' } }))
  await made.answer(passkey.make(prompt()), 'Laptop')
  const taken = await enrolling(walker, 'grace', 'passkey')
  const theirs = new SoftPasskey({ origin: walker.house.issuer, id: passkey.id, key: passkey.key })
  await taken.answer(theirs.make(read(taken.open, 'prompt') as Parameters<SoftPasskey['make']>[0]))

  const card = await enrolling(walker, 'ada', 'smartcard')
  const shown = async (name: string | null) =>
    returnedIn(await walker.show(readText(card.open, 'door'), name ? (cards[name] ?? null) : null))
  await card.answer({ returned: await shown(null) })
  await card.answer({ returned: await shown('ada-expired') })
  await card.answer({ returned: await shown('grace-good') })
  await card.answer({ yes: true })
  for (const factor of ['password', 'token', 'kerberos']) await walker.bench('/people/ada/enrolments', { factor })
  await walker.bench('/people/ada/authenticators')
  return { passkey, app, codes: carried, cards }
}

/** At the vault, after the password: every other factor is a way to go on. */
export async function atTheVault(walker: Walker, factor: string): Promise<Visit> {
  const visit = await walker.at('vault')
  await visit.name(ada.username)
  await visit.answer({ password: ada.password })
  return visit.choose(factor)
}

/** Every factor, refused and then taken, and what the token says. */
export async function signIns(walker: Walker, { passkey, app, codes, cards }: Carried): Promise<void> {
  const word = await walker.at('harbour', { scope: 'openid profile email groups work' })
  await word.name(' ')
  await word.name('ada@example.test')
  await word.answer({ password: 'no password of hers' })
  await word.answer({ password: ada.password })
  await word.tokens('harbour')

  const both = async (factor: string, wrong: object, right: (visit: Visit) => object) => {
    const visit = await atTheVault(walker, factor)
    await visit.answer(wrong)
    await visit.answer(right(visit))
    await visit.tokens('vault')
  }
  await both('totp', { code: '000000' }, () => ({ code: shownBy(app) }))
  await both('token', { code: '000000' }, () => ({ code: pressed(1) }))
  await both('grid', { digits: '' }, (visit) => ({ digits: standsIn(visit.prompt('rows')) }))
  await both('sms', { code: '12345' }, () => ({ code: texted(walker.house) }))
  await both('recovery-code', { code: '0000-0000-0000-0000' }, () => ({ code: codes[0] ?? '' }))
  const signed = (visit: Visit, changes = {}) =>
    passkey.sign(read(visit.view, 'challenge.prompt') as Parameters<SoftPasskey['sign']>[0], changes)
  const forged = { signature: (bytes: Buffer) => bytes.with(20, (bytes[20] ?? 0) ^ 1) as Buffer }
  const atKey = await atTheVault(walker, 'passkey')
  await atKey.answer(signed(atKey, forged))
  await atKey.answer(signed(atKey, { flags: flag.up | flag.uv | flag.be }))
  await atKey.answer(signed(atKey))
  await atKey.tokens('vault')

  const atCard = await atTheVault(walker, 'smartcard')
  for (const name of [null, ...cardKinds.toReversed()]) {
    const back = await walker.show(String(read(atCard.view, 'challenge.door')), name ? (cards[name] ?? null) : null)
    await atCard.browser.get(back)
    await atCard.answer({ returned: returnedIn(back) })
  }
  await atCard.tokens('vault')
}

/** Nobody is named: what is answered says who it is. */
export async function usernameless(walker: Walker, { passkey, cards }: Carried): Promise<void> {
  const key = await walker.at('pass')
  const prompt = () => read(readList(key.view, 'beside')[0], 'prompt') as Parameters<SoftPasskey['sign']>[0]
  const stranger = new SoftPasskey({ origin: walker.house.issuer })
  await key.answerBeside(stranger.sign(prompt()))
  await key.answerBeside(passkey.sign(prompt()))
  await key.tokens('pass')

  const card = await walker.at('card')
  const door = () => readText(readList(card.view, 'beside')[0], 'door')
  const back = await walker.show(door(), cards['grace-good'] ?? null)
  await card.browser.get(back)
  await card.answerBeside({ returned: returnedIn(back) })
  await card.tokens('card')
}

/** A second factor that is made on the way, and one that is made anew after a recovery. */
export async function onTheWay(walker: Walker, lise: { username: string; password: string }, codes: Carried['codes']) {
  const visit = await walker.at('inline')
  await visit.name(lise.username)
  await visit.answer({ password: lise.password })
  await visit.act('enrol', { factor: 'passkey' })
  await visit.act('enrol', { factor: 'totp' })
  const app = { secret: readText(visit.view, 'question.prompt.secret') }
  await visit.act('enrol', { answer: { code: not(shownBy(app)) } })
  await visit.act('enrol', { answer: { code: shownBy(app) }, label: 'My phone' })
  await visit.answer({ code: shownBy(app) })

  const renewed = await walker.at('renewed')
  await renewed.name(ada.username)
  await renewed.answer({ password: ada.password })
  await renewed.choose('recovery-code')
  await renewed.answer({ code: codes[0] ?? '' })
  await renewed.answer({ code: codes[1] ?? '' })
  await renewed.act('enrol', { factor: 'totp' })
  const next = { secret: readText(renewed.view, 'question.prompt.secret') }
  await renewed.act('enrol', { answer: { code: shownBy(next) } })
  await renewed.tokens('renewed')
  const graces = await walker.at('treasury')
  await graces.name(grace.username)
  await graces.answer({ password: grace.password })
  await graces.answer({ code: shownBy(grace.apps[0] ?? app) })
  await graces.tokens('treasury')
}
