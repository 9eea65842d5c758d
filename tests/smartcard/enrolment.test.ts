import { expect, test } from 'vitest'
import type { EnrolmentView } from '#shared/wire/enrolment.ts'
import { Browser } from '../browser.ts'
import { Authority, folderForAll, type Issued } from '../pki.ts'
import { anchorOf, returnedIn, serverWithCards, show, signInWith, withCards } from './card-server.ts'

// A card is linked to somebody: shown to the card host, for one question of one enrolment.

const folder = folderForAll()
const keys = await Authority.root(folder, 'keys')
const cards = await serverWithCards(folder, await anchorOf(folder, keys, 'keys'), withCards({ ada: {}, grace: {} }))
const { server } = cards
const tester = new Browser()

type Asked = Extract<EnrolmentView, { at: 'asked' }>
const of = (username: string) => `${server.issuer}/bench/api/people/${username}/enrolments`
const post = async (url: string, fields: object) => (await (await tester.post(url, fields)).json()) as EnrolmentView
const begin = async (username: string) => (await post(of(username), { factor: 'smartcard' })) as Asked
const answer = (username: string, { id, revision }: Asked, returned: unknown) =>
  post(`${of(username)}/${id}`, { revision, answer: { returned } })
const confirmed = async (username: string, asked: Asked, returned: unknown) => {
  const { id, revision } = (await answer(username, asked, returned)) as Asked
  return post(`${of(username)}/${id}`, { revision, answer: { yes: true } })
}
const shown = async ({ answerUrl: door }: Asked, card: Issued | null) =>
  returnedIn((await show(cards, door ?? '', card)).location)

test('a card is linked, signs in, and cannot be linked to anybody else', async () => {
  const card = await keys.issue()
  const asked = await begin('ada')
  const read = (await answer('ada', asked, await shown(asked, card))) as Asked
  expect(read).toMatchObject({ at: 'asked', answerUrl: null, refusal: null })
  expect(read.prompt).toMatchObject({ card: { name: 'Ada Lovelace', issuer: 'keys' } })
  const made = await post(`${of('ada')}/${read.id}`, { revision: read.revision, answer: { yes: true } })
  expect(made).toEqual({ at: 'made', factor: 'smartcard', label: 'Ada Lovelace' })
  expect((await signInWith(cards, 'ada', card)).at).toBe('done')
  for (const username of ['grace', 'ada']) {
    const again = await begin(username)
    const taken = await confirmed(username, again, await shown(again, card))
    expect(taken).toEqual({ at: 'over', why: 'already-enrolled' })
  }
})

test('a card that would not sign in is not linked, and its holder is told why; another try has another ticket', async () => {
  let asked = await begin('ada')
  for (const [card, code] of [
    [null, 'no-card'],
    [await keys.issue({ from: -2, until: -1 }), 'expired-card'],
    [await keys.issue({ extensions: ['keyUsage=digitalSignature'] }), 'wrong-card'],
  ] as const) {
    const next = (await answer('ada', asked, await shown(asked, card))) as Asked
    expect(next).toMatchObject({ at: 'asked', refusal: { code } })
    expect(next.answerUrl).not.toBe(asked.answerUrl)
    asked = next
  }
  expect((await confirmed('ada', asked, await shown(asked, await keys.issue()))).at).toBe('made')
})

test('what was shown for one question answers no other, and only the card host may say it', async () => {
  const card = await keys.issue()
  const [ours, theirs] = [await begin('ada'), await begin('grace')]
  const returned = await shown(ours, card)
  const status = async (username: string, { id, revision }: Asked, fields: unknown) =>
    (await tester.post(`${of(username)}/${id}`, { revision, answer: fields })).status
  expect(await status('grace', theirs, { returned })).toBe(400)
  const said = { handle: 'key x', card: null, unlocked: true, why: null, detail: '' }
  for (const fields of [said, { yes: true }, { returned: said }, { returned: 'x' }, {}])
    expect(await status('ada', ours, fields)).toBe(400)
  const { answerUrl: door } = ours
  expect(await shown({ ...ours, answerUrl: door }, card)).toBe('nothing')
  const read = (await answer('ada', ours, returned)) as Asked
  const instead = await post(`${of('ada')}/${read.id}`, { revision: read.revision, answer: said })
  expect(instead).toMatchObject({ at: 'asked', refusal: { code: 'no-card' } })
  const { id, revision } = instead as Asked
  expect((await post(`${of('ada')}/${id}`, { revision, answer: { yes: true } })).at).toBe('made')
  expect(await answer('ada', ours, returned)).toEqual({ at: 'over', why: 'expired' })
})
