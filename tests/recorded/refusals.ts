import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { lock, storeOf } from '../locker.ts'
import { ada, grace } from '../people/people.ts'
import { returnedIn } from '../smartcard/card-server.ts'
import { atTheVault, type Carried } from './factors.ts'
import { read, readList, readText } from './mapping.ts'
import { shownBy, texted } from './people-carry.ts'
import { carl, carlsApp, later, lise } from './recorded-server.ts'
import type { Visit, Walker } from './walker.ts'

const minuteMs = 60_000
const times = async (count: number, work: () => Promise<unknown>) => {
  for (let time = 0; time < count; time++) await work()
}

/** What is wrong with what a page sends. */
export async function badActions(walker: Walker): Promise<void> {
  const { house: server } = walker
  const visit = await walker.at('harbour')
  await visit.act('identify', { username: 7 })
  await visit.act('identify', { username: 'ada' }, { origin: 'https://elsewhere.example' })
  await visit.act('identify', { username: 'ada' }, { 'content-type': 'text/plain' })
  await visit.act('identify', { username: 'a'.repeat(33 * 1024) })
  await visit.act('identify', { username: 'ada', revision: 9 })
  await visit.act('enrol', { factor: 'totp' })
  await visit.act('answer', { challenge: 'none', answer: {} })
  await visit.name('ada')
  await visit.name('grace')
  await visit.answer({ pass: 'word' })
  const revision = String(read(visit.view, 'revision'))
  await visit.browser.postForm(`${visit.url}/restart`, { revision })
  await visit.browser.postForm(`${visit.url}/restart`, { revision })
  await visit.browser.postForm(`${visit.url}/restart`, { revision: 'x' })
  await visit.browser.get(`${visit.url}/restart`)
  await visit.look()
  await visit.act('extend')
  await walker.browser().get(visit.url)
  await walker.party.get(`${server.issuer}/sign-in/none`)
  await walker.party.post(`${server.issuer}/sign-in/none/extend`, { revision: 0 })
}

/** Sign-ins that end otherwise than well. */
export async function ends(walker: Walker): Promise<void> {
  const cancelled = await walker.at('harbour')
  await cancelled.act('cancel')
  await cancelled.leave()
  await cancelled.act('extend')
  await cancelled.look()

  const finished = await walker.at('harbour')
  await finished.name(ada.username)
  await finished.answer({ password: ada.password })
  const hint = (await finished.tokens('harbour')).id_token ?? ''
  await finished.browser.get(finished.url)

  const other = await walker.at('harbour', { id_token_hint: hint })
  await other.act('restart')
  await other.name(grace.username)
  await other.answer({ password: grace.password })
  await other.act('cancel')
  await other.leave()

  const expired = await walker.at('treasury')
  later(16 * minuteMs)
  await expired.look()
  await expired.browser.get(expired.url)
  await expired.name(ada.username)

  for (const [client, person, extra] of [
    ['closed', lise, {}],
    ['keys', grace, {}],
    ['barred', grace, {}],
    ['lowered', grace, { acr_values: 'urn:sallyport:acr:mfa' }],
    ['harbour', lise, { acr_values: 'urn:sallyport:acr:mfa' }],
    ['harbour', lise, { claims: JSON.stringify({ id_token: { acr: { essential: true, value: 'phr' } } }) }],
    ['harbour', lise, { acr_values: 'urn:example:unknown' }],
    ['pairwise', lise, { acr_values: 'phr' }],
  ] as const) {
    const visit = await walker.at(client, extra)
    if (visit.is === 'identify') await visit.name(person.username)
    if (visit.is === 'answer') await visit.answer({ password: person.password })
    if (visit.is === 'refused') await visit.act('cancel')
    if (visit.is === 'done') await visit.leave()
  }
}

/** Without a script: forms, and pages in answer to them. */
export async function forms(walker: Walker): Promise<void> {
  const visit = await walker.at('harbour')
  const send = (action: string, fields: Readonly<Record<string, string>>) =>
    visit.browser.postForm(`${visit.url}/${action}`, { revision: String(read(visit.view, 'revision')), ...fields })
  await send('identify', { username: ada.username })
  await visit.look()
  const challenge = readText(visit.view, 'challenge.id')
  await send('answer', { challenge, password: 'no password of hers' })
  await visit.look()
  await send('answer', { challenge, password: ada.password })
  await send('answer', { challenge, password: ada.password })
}

/** Wrong answers until there are too many of them. */
export async function guesses(walker: Walker): Promise<void> {
  const password = await walker.at('treasury')
  await password.name(carl.username)
  await times(4, () => password.answer({ password: 'no password of his' }))
  later(2 * minuteMs)
  await password.answer({ password: carl.password })
  await times(4, () => password.answer({ code: '000000' }))
  later(minuteMs + 1000)
  await password.answer({ code: shownBy(carlsApp) })
  await password.tokens('treasury')
  const replayed = await walker.at('treasury')
  await replayed.name(carl.username)
  await replayed.answer({ password: carl.password })
  const code = shownBy(carlsApp)
  await replayed.answer({ code })
  await replayed.tokens('treasury')
  const again = await walker.at('treasury')
  await again.name(carl.username)
  await again.answer({ password: carl.password })
  await again.answer({ code })

  const many = await walker.at('harbour')
  await many.name('nobody')
  await walker.tape.silently(() => times(19, () => many.answer({ password: 'no password of anybody' })))
  await many.answer({ password: 'no password of anybody' })
  await many.look()

  const opened = await atTheVault(walker, 'grid')
  await walker.tape.silently(async () => {
    await times(49, () => opened.act('challenge', { factor: 'grid' }))
    later(minuteMs)
    await times(49, () => opened.act('challenge', { factor: 'grid' }))
  })
  await opened.act('challenge', { factor: 'grid' })
  await opened.act('challenge', { factor: 'grid' })

  const flood = walker.browser()
  await walker.tape.silently(() => times(60, () => flood.get(walker.address('harbour'))))
  await flood.get(walker.address('harbour'), { accept: 'text/html' })
  await flood.post(`${walker.house.issuer}/sign-in/none/extend`, { revision: 0 })
}

/** Texts that are not sent, and codes that are none any more. */
export async function texts(walker: Walker): Promise<void> {
  later(25 * 60 * minuteMs)
  const early = await walker.at('texted')
  await early.name(ada.username)
  const resend = (visit: Visit) => {
    const authenticator = read(visit.view, 'challenge.authenticator')
    return visit.act('challenge', { factor: 'sms', authenticator })
  }
  await walker.bench('/outbox', { chaos: 'fail' })
  await atTheVault(walker, 'sms')
  await walker.bench('/outbox', { chaos: 'off' })
  const visit = await atTheVault(walker, 'sms')
  await resend(visit)
  for (const wait of [31_000, minuteMs + 1000]) {
    later(wait)
    await resend(visit)
  }
  later(5 * minuteMs)
  await visit.answer({ code: texted(walker.house) })
  await resend(visit)
  await walker.tape.silently(() => times(2, () => atTheVault(walker, 'sms')))
  await atTheVault(walker, 'sms')
  await walker.bench('/outbox', { chaos: 'louder' })
  await walker.bench('/outbox')
}

/** What comes too late, or has nobody. The last of a walk: afterwards the store is broken. */
export async function breaks(walker: Walker, { passkey, cards }: Carried): Promise<void> {
  const { house: server } = walker
  const keys = await walker.at('keys')
  await keys.name(ada.username)
  await keys.answer({ password: ada.password })
  const prompt = read(keys.view, 'challenge.prompt') as Parameters<typeof passkey.sign>[0]
  later(2 * minuteMs + 1000)
  await keys.answer(passkey.sign(prompt))

  const all = readList(await walker.bench('/people/ada/authenticators'), '')
  const card = all.find((one) => read(one, 'factor') === 'smartcard')
  await walker.bench(`/people/ada/authenticators/${readText(card, 'id')}/remove`, {})
  await walker.bench(`/people/ada/authenticators/${readText(card, 'id')}/remove`, {})
  const atCard = await walker.at('card')
  await atCard.name(ada.username)
  const show = async () => {
    const back = await walker.show(String(read(atCard.view, 'challenge.door')), cards['ada-good'] ?? null)
    await atCard.answer({ returned: returnedIn(back) })
  }
  await show()
  const list = join(server.dataFolder, 'cards/cards.crl')
  renameSync(list, `${list}.away`)
  await show()
  renameSync(`${list}.away`, list)
  const door = String(read(atCard.view, 'challenge.door'))
  await walker.show(door, null)
  await walker.show(door, null)
  await walker.show(door.replace(/ticket=.*$/, 'ticket=none'), null)

  later(25 * 60 * minuteMs)
  await walker.bench('/outbox', { chaos: 'delay' })
  await atTheVault(walker, 'sms')

  const visit = await walker.at('harbour')
  const locked = await lock(storeOf(server))
  await visit.name(ada.username)
  await visit.browser.postForm(`${visit.url}/identify`, { revision: '0', username: 'ada' })
  await walker.party.get(`${server.issuer}/readyz`)
  await walker.call('/request', walker.fields('harbour'))
  await locked.release()
  const store = new DatabaseSync(storeOf(server))
  store.exec("UPDATE documents SET value = 'no seal' WHERE kind = 'Interaction'")
  store.close()
  await visit.name(ada.username)
  await visit.browser.get(visit.url)
}
