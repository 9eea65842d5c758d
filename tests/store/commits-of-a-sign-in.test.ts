import { afterAll, expect, test } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { ada } from '../people/people.ts'
import { answerOf, arrive, ask, identify, redeem } from '../sign-in.ts'
import { openTestServer } from '../test-server.ts'
import { watchCommits } from './power.ts'

// Decision 40: what each request of a password sign-in commits, and what of it is synced.

const watched = watchCommits()
const server = await openTestServer()
afterAll(async () => {
  watched.end()
  await server.stop()
})

/** Commits and synced commits, by what the browser or the relying party does. */
const afterTheName = { arrive: [1, 0], identify: [1, 0], answer: [2, 1], resume: [1, 1], redeem: [1, 1] }
const withTheName = { arrive: [1, 0], answer: [2, 1], resume: [1, 1], redeem: [1, 1] }

type Step = keyof typeof afterTheName
test.each([
  ['after the name', afterTheName],
  ['with the name', withTheName],
])('a sign-in with a password %s has so many commits, and so many of them are synced', async (_, expected) => {
  const browser = new Browser()
  const asked = await ask(server)
  const counts: Partial<Record<Step, [number, number]>> = {}
  const count = async <T>(what: Step, work: () => Promise<T>): Promise<T> => {
    const before = { ...watched.commits }
    const done = await work()
    counts[what] = [watched.commits.all - before.all, watched.commits.synced - before.synced]
    return done
  }
  const { page, view } = await count('arrive', () => arrive(browser, asked))
  const inTwo = async () => {
    const named = await count('identify', () => identify(browser, page, view, ada.username))
    return () => browser.post(`${page}/answer`, answerOf(named, ada.password))
  }
  const both = { username: ada.username, revision: 0, answer: { password: ada.password } }
  const answering = 'identify' in expected ? await inTwo() : () => browser.post(`${page}/identify`, both)
  const done = await viewIn(await count('answer', answering))
  if (done.at !== 'done') throw new Error(done.at)
  const { url } = await count('resume', () => browser.follow(done.goTo))
  await count('redeem', () => redeem(asked, url))
  expect(counts).toEqual(expected)
})
