import { expect, test } from 'vitest'
import { digitsIn, patternIn } from '#server/factors/grid/pattern.ts'
import type { SoftPasskey } from '../authenticator.ts'
import { grace, nowhere } from '../people/people.ts'
import { folderForAll } from '../pki.ts'
import { benchCard } from '../smartcard/bench-card.ts'
import { returnedIn } from '../smartcard/card-server.ts'
import { atTheVault } from './factors.ts'
import { read, readList, readText } from './mapping.ts'
import { pressed, shownBy } from './people-carry.ts'
import { carl, configuration, peopleIn, serverAt } from './recorded-server.ts'
import { before, goOn, passkeyOf, putBack } from './stored.ts'
import { type Visit, Walker } from './walker.ts'
import { writeStored } from './write-stored.ts'

// A house that was written down in the middle of its work is opened by the code of now, and everything goes on.

// The store was written down by write-stored.ts. `SALLYPORT_RECORD=store` writes another one: from then on these tests show
// that the rows of that day are read, and nothing of older ones.
const folder = folderForAll()
if (process.env.SALLYPORT_RECORD === 'store') await writeStored(folder)
const written = before()
const { known, opened } = written
const server = await serverAt(written.at, folder, nowhere)
const store = putBack(server, written)
server.reconfigure(() => `${configuration(nowhere, peopleIn(folder))}store: { sqlite: ${store} }\n`)
await server.restart()
const walker = new Walker(server, nowhere.harbour)

const passkey: SoftPasskey = passkeyOf(server, written)
const besidePrompt = ({ view }: Visit) =>
  read(readList(view, 'beside')[0], 'prompt') as Parameters<SoftPasskey['sign']>[0]

const openedAs = (name: string) => {
  const one = opened[name]
  if (!one) throw new Error(`Nothing was open as ${name}.`)
  return goOn(walker, one)
}
const knownAs = (name: string) => known[name] ?? ''
/** Back to the client, by way of the issuer's address of now; what its ID token says. */
async function claimsAfter(visit: Visit, client: string): Promise<Readonly<Record<string, unknown>>> {
  if (visit.is !== 'done') throw new Error(JSON.stringify(visit.view))
  const { pathname } = new URL(readText(visit.view, 'goTo'))
  const { url } = await visit.browser.follow(`${server.issuer}${pathname}`)
  return claimsIn(await walker.redeem(url, client))
}
function claimsIn({ id_token = '..', ...others }: Readonly<Record<string, string>>) {
  const claims = JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString() || '{}')
  return { ...others, ...claims } as Readonly<Record<string, unknown>>
}
const standsIn = (visit: Visit) =>
  digitsIn(visit.prompt('rows') as readonly string[], patternIn(knownAs('pattern')) ?? [])

// These first: a code is good for a minute, and so long does somebody wait.
test('whoever had to wait has to wait', async () => {
  const visit = await openedAs('locked')
  await visit.answer({ password: carl.password })
  expect(read(visit.view, 'refusal')).toEqual({ code: 'locked', until: knownAs('lockedUntil') })
})

test('an authorization code is redeemed, and an access token is good', async () => {
  const code = `${nowhere.harbour}/callback?code=${knownAs('code')}`
  expect(claimsIn(await walker.redeem(code, 'harbour'))).toMatchObject({ amr: ['pwd'], sub: knownAs('sub') })
  const authorization = `Bearer ${knownAs('access')}`
  const userinfo = await walker.party.get(`${server.issuer}/me`, { authorization })
  expect(await userinfo.json()).toMatchObject({ sub: knownAs('sub'), preferred_username: 'ada' })
})

test('a challenge of a passkey is as old as it is, and is answered', async () => {
  const visit = await openedAs('keyed')
  const { view } = visit
  await visit.look()
  const renewInMs = Number(read(view, 'challenge.renewInMs')) - (Date.now() - written.at)
  expect(read(visit.view, 'challenge')).toEqual({ ...(read(view, 'challenge') as object), renewInMs })
  await visit.answer(passkey.sign(read(visit.view, 'challenge.prompt') as Parameters<SoftPasskey['sign']>[0]))
  expect(await claimsAfter(visit, 'keys')).toMatchObject({ sub: knownAs('sub') })
})

test('what was offered beside the question who somebody is, is taken', async () => {
  const visit = await openedAs('offered')
  await visit.answerBeside(passkey.sign(besidePrompt(visit)))
  expect(await claimsAfter(visit, 'pass')).toMatchObject({ sub: knownAs('sub') })
})

test('the code of a text is still good after another way was looked at', async () => {
  const visit = await openedAs('aside')
  await visit.choose('sms')
  await visit.answer({ code: knownAs('asideText') })
  expect(await claimsAfter(visit, 'vault')).toMatchObject({ amr: ['pwd', 'sms', 'mca', 'mfa'] })
})

test('a sign-in under way is finished by its second factor', async () => {
  const visit = await openedAs('underWay')
  const digits = standsIn(visit)
  await visit.answer({ digits })
  expect(await claimsAfter(visit, 'vault')).toMatchObject({ amr: ['pwd', 'otp', 'mfa'], sub: knownAs('sub') })
})

test('a code that was sent before is right', async () => {
  const visit = await openedAs('texted')
  await visit.answer({ code: knownAs('text') })
  expect(await claimsAfter(visit, 'vault')).toMatchObject({ amr: ['pwd', 'sms', 'mca', 'mfa'] })
})

test('a sign-in that was finished before is taken to its client', async () => {
  expect(await claimsAfter(await openedAs('finished'), 'harbour')).toMatchObject({ amr: ['pwd'] })
})

test('a refresh token is refreshed', async () => {
  const fields = { client_id: 'harbour', grant_type: 'refresh_token', refresh_token: knownAs('refresh') }
  const tokens = (await (await walker.call('/token', fields)).json()) as Readonly<Record<string, string>>
  expect(claimsIn(tokens)).toMatchObject({
    amr: ['pwd'],
    auth_time: Number(knownAs('authTime')),
    refresh_token: expect.any(String),
  })
})

test('a session and its evidence are believed, and what was allowed is not asked again', async () => {
  const { browser } = await openedAs('session')
  for (const client of ['harbour', 'travel']) {
    const silent = await walker.at(client, { prompt: 'none' }, browser)
    const claims = claimsIn(await walker.redeem(silent.url, client))
    expect(claims).toMatchObject({ amr: ['pwd'], auth_time: Number(knownAs('authTime')) })
  }
})

test('an enrolment that was begun is finished: at the bench, and on the way through a sign-in', async () => {
  const answer = { code: shownBy({ secret: knownAs('graces') }) }
  const path = `/people/grace/enrolments/${knownAs('enrolment')}`
  const made = await walker.bench(path, { revision: Number(knownAs('enrolmentRevision')), answer, label: 'New' })
  expect(made).toMatchObject({ at: 'made', factor: 'totp', label: 'New' })
  const visit = await openedAs('enrolling')
  const secret = readText(visit.view, 'question.prompt.secret')
  await visit.act('enrol', { answer: { code: shownBy({ secret }) } })
  expect(read(visit.view, 'challenge.factor')).toBe('totp')
})

const answers: Readonly<Record<string, (visit: Visit) => object | Promise<object>>> = {
  totp: () => ({ code: shownBy({ secret: knownAs('adas') }) }),
  token: () => ({ code: pressed(2) }),
  grid: (visit) => ({ digits: standsIn(visit) }),
  sms: () => ({ code: server.app.context.channels.sms.outbox?.texts()[0]?.body.slice(0, 6) ?? '' }),
  passkey: ({ view }) => passkey.sign(read(view, 'challenge.prompt') as Parameters<SoftPasskey['sign']>[0]),
  smartcard: async ({ view }) => {
    const card = await benchCard(server, folder, 'ada-good')
    return { returned: returnedIn(await walker.show(readText(view, 'challenge.door'), card)) }
  },
  'recovery-code': () => ({ code: knownAs('recoveryCode') }),
}
test.each(Object.keys(answers))('a password and a %s of before sign in', async (factor) => {
  const visit = await atTheVault(walker, factor)
  await visit.answer((await answers[factor]?.(visit)) ?? {})
  expect(await claimsAfter(visit, 'vault')).toMatchObject({ sub: knownAs('sub') })
})

test('a passkey of before says whose it is', async () => {
  const visit = await walker.at('pass')
  await visit.answerBeside(passkey.sign(besidePrompt(visit)))
  expect(await claimsAfter(visit, 'pass')).toMatchObject({ sub: knownAs('sub') })
})

test('somebody of before with an imported app signs in', async () => {
  const visit = await walker.at('treasury')
  await visit.name(grace.username)
  await visit.answer({ password: grace.password })
  await visit.choose('totp', 'Work phone')
  await visit.answer({ code: shownBy(grace.apps[0] ?? { secret: '' }) })
  expect(await claimsAfter(visit, 'treasury')).toMatchObject({ amr: ['pwd', 'otp', 'mfa'] })
})
