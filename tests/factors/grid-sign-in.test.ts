import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { digitsIn, patternIn } from '#server/factors/grid/pattern.ts'
import type { EnrolmentView } from '#shared/wire/enrolment.ts'
import { testerFor } from '../bench.ts'
import { Browser } from '../browser.ts'
import { ada, demo } from '../people/people.ts'
import { answerOf, arrive, ask, identify, provenBy, redeem, type UnderWay, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

const server = await serverForAll((clients) => demo(clients).replace('[password, totp]', '[password, grid]'))
const pattern = patternIn('B1 D2 A5 E3') ?? []
const adas = testerFor(server, 'ada')

async function chosen(cells: readonly number[]) {
  const asked = await adas.begin('grid')
  return adas.answer(asked, { pattern: cells })
}
const triedIn = (view: EnrolmentView) =>
  view.at === 'asked' && view.factor === 'grid' && view.prompt.at === 'try' ? view.prompt.rows : []
async function enrolled() {
  const trying = await chosen(pattern)
  if (trying.at !== 'asked') throw new Error(trying.at)
  return adas.answer(trying, { digits: digitsIn(triedIn(trying), pattern) })
}

async function atGrid() {
  const browser = new Browser()
  const asked = await ask(server, 'treasury')
  const { page, view } = await arrive(browser, asked)
  const named = await identify(browser, page, view, ada.username)
  const post = async (action: string, fields: object) => underWayIn(await browser.post(`${page}/${action}`, fields))
  return { browser, asked, post, open: await post('answer', answerOf(named, ada.password)) }
}
const rowsIn = (view: UnderWay) =>
  view.at === 'answer' && view.challenge.factor === 'grid' ? view.challenge.prompt.rows : []
const answering = (view: UnderWay, digits: string) => ({
  challenge: view.at === 'answer' ? view.challenge.id : '',
  revision: view.revision,
  answer: { digits },
})

test('a pattern is chosen, tried, and signs in; the token says otp', async () => {
  expect(await enrolled()).toEqual({ at: 'made', factor: 'grid', label: 'Grid' })
  const { browser, asked, open, post } = await atGrid()
  const done = await post('answer', answering(open, digitsIn(rowsIn(open), pattern)))
  if (done.at !== 'done') throw new Error(JSON.stringify(done))
  const tokens = await redeem(asked, (await browser.follow(done.goTo)).url)
  expect(tokens.claims()?.amr).toEqual(['pwd', 'otp', 'mfa'])
})

test('a pattern that is a line or too short is told so, and what was not meant is not kept', async () => {
  for (const weak of ['A1 B1 C1 D1 E1', 'A1 B2 C3 D4', 'A1 C2 B4'])
    expect(await chosen(patternIn(weak) ?? [])).toMatchObject({ at: 'asked', refusal: { code: 'weak-pattern' } })
  const trying = await chosen(pattern)
  if (trying.at !== 'asked') throw new Error(trying.at)
  const wrong = await adas.answer(trying, { digits: '' })
  expect(wrong).toMatchObject({ at: 'asked', refusal: { code: 'wrong-digits' }, prompt: { at: 'try' } })
  const [first, second] = [triedIn(trying), triedIn(wrong)]
  expect(second).not.toEqual(first)
  if (wrong.at !== 'asked') throw new Error(wrong.at)
  expect(await adas.answer(wrong, { digits: digitsIn(second, pattern) })).toMatchObject({ at: 'made' })
})

test('every try has a grid of its own, and only that one’s digits are right', async () => {
  const { open, post } = await atGrid()
  const first = rowsIn(open)
  const wrong = await post('answer', answering(open, 'xxxx'))
  expect(wrong.refusal?.code).toBe('wrong-digits')
  expect(rowsIn(wrong)).not.toEqual(first)
  const asked = await post('challenge', { revision: wrong.revision, factor: 'grid' })
  expect(rowsIn(asked)).not.toEqual(rowsIn(wrong))
  const old = digitsIn(first, pattern)
  const now = digitsIn(rowsIn(asked), pattern)
  const late = await post('answer', { ...answering(asked, old === now ? '' : old) })
  expect(late.refusal?.code).toBe('wrong-digits')
  const replayed = await post('answer', { ...answering(late, now), challenge: answering(asked, now).challenge })
  expect(replayed.refusal?.code).toBe('stale')
  expect((await post('answer', answering(late, digitsIn(rowsIn(late), pattern)))).at).toBe('done')
})

test('a new grid costs nothing and refills nothing', async () => {
  let { open, post } = await atGrid()
  const codes: (string | undefined)[] = []
  for (let tries = 0; tries < 6; tries++) {
    open = await post('challenge', { revision: open.revision, factor: 'grid' })
    open = await post('answer', answering(open, 'xxxx'))
    codes.push(open.refusal?.code)
  }
  expect(codes.slice(0, 4)).toEqual(Array(4).fill('wrong-digits'))
  expect(codes.at(-1)).toBe('locked')
  server.clock.aheadMs += 60 * 60_000
})

test('ten failures in a row disable it: four cells are guessed more easily than six digits', async () => {
  await enrolled()
  for (let tries = 0; tries < 10; tries++) {
    const { open, post } = await atGrid()
    const wrong = await post('answer', answering(open, 'xxxx'))
    expect(wrong.at).toBe(tries < 9 ? 'answer' : 'refused')
    server.clock.aheadMs += 60 * 60_000
  }
  const { open } = await atGrid()
  expect(open).toMatchObject({ at: 'refused', why: 'not-enrolled' })
  expect(await enrolled()).toMatchObject({ at: 'made' })
  expect((await atGrid()).open.at).toBe('answer')
})

test('of twenty right answers at once, one goes on', async () => {
  const { open, post } = await atGrid()
  const right = answering(open, digitsIn(rowsIn(open), pattern))
  const all = await Promise.all(Array.from({ length: 20 }, () => post('answer', right)))
  expect(all.filter((view) => view.at === 'done' && view.refusal === null).length).toBeGreaterThan(0)
  expect((await provenBy(server, open)).filter(({ factor }) => factor === 'grid')).toHaveLength(1)
})

test('the pattern is not in the store in clear', () => {
  const files = readdirSync(server.dataFolder).filter((name) => name.includes('sqlite'))
  const bytes = Buffer.concat(files.map((name) => readFileSync(join(server.dataFolder, name))))
  expect(files.length).toBeGreaterThan(1)
  expect(bytes.includes(JSON.stringify(pattern))).toBe(false)
})
