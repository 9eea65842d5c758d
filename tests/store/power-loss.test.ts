import { readFileSync, rmSync } from 'node:fs'
import { ServerResponse } from 'node:http'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { storageKeysIn } from '#server/secrets/keys.ts'
import { sealWith } from '#server/secrets/seal.ts'
import { openDatabase, storeOn } from '#server/store/sqlite.ts'
import type { Store } from '#server/store/store.ts'
import { Browser, viewIn } from '../browser.ts'
import { storeOf } from '../locker.ts'
import { ada } from '../people/people.ts'
import { answerOf, arrive, ask, identify, redeem, underWayIn } from '../sign-in.ts'
import { openTestServer } from '../test-server.ts'
import { later, opened, seal } from './opened.ts'
import { afterPowerLoss, type Disk, watchCommits } from './power.ts'

// Decision 7: the power fails as an answer leaves, and the disk keeps what was synced, and any part of what came after.
// What the answer said is true on every such disk.

const watched = watchCommits()
const server = await openTestServer()
const file = storeOf(server)
const { writeHead } = ServerResponse.prototype
/** The disk as the last answer left. */
let left: Disk = watched.diskOf(file)
ServerResponse.prototype.writeHead = function (this: ServerResponse, ...head: unknown[]) {
  left = watched.diskOf(file)
  return writeHead.apply(this, head as Parameters<typeof writeHead>)
} as typeof writeHead
afterAll(async () => {
  ServerResponse.prototype.writeHead = writeHead
  watched.end()
  await server.stop()
})

/** What a question about the store is answered on each disk that may be left. */
async function afterwards<T>(of: string, disk: Disk, look: (store: Store) => Promise<T>, with_ = seal): Promise<T[]> {
  const answers: T[] = []
  for (const copy of afterPowerLoss(of, disk)) {
    const store = await storeOn(openDatabase(copy), with_)
    answers.push(await look(store))
    await store.close()
    rmSync(dirname(copy), { recursive: true })
  }
  return answers
}
const keys = sealWith(storageKeysIn(readFileSync(join(server.dataFolder, 'storage.key'), 'utf8')))
const atTheDoor = <T>(look: (store: Store) => Promise<T>) => afterwards(file, left, look, keys)

const failuresOf = async ({ people, attempts, authenticators }: Store) => {
  const person = await people.byName('ada')
  const [password] = await authenticators.list(person?.id ?? '', 'password')
  return [(await attempts.get(`password of account ${person?.id}`))?.failures ?? 0, password?.failures]
}

test('through the front door: told that an answer is wrong, it is counted; proven, the evidence is there; redeemed, the code is spent', async () => {
  const browser = new Browser()
  const asked = await ask(server)
  const run = asked.checks.expectedNonce ?? ''
  const kinds = async ({ records }: Store) => (await records.ofRun('harbour', run)).map(({ kind }) => kind)
  const { page, view } = await arrive(browser, asked)
  const named = await identify(browser, page, view, ada.username)
  const wrong = await underWayIn(await browser.post(`${page}/answer`, answerOf(named, 'wrong')))
  expect(wrong.refusal?.code).toBe('wrong-password')
  for (const failures of await atTheDoor(failuresOf)) expect(failures).toEqual([1, 1])
  for (const written of await atTheDoor(kinds)) expect(written).toContain('refused')

  const done = await viewIn(await browser.post(`${page}/answer`, answerOf(wrong, ada.password)))
  if (done.at !== 'done') throw new Error(done.at)
  for (const written of await atTheDoor(kinds)) expect(written).toContain('proven')
  const { url } = await browser.follow(done.goTo)
  const code = new URL(url).searchParams.get('code') ?? ''
  for (const written of await atTheDoor(kinds)) expect(written).toEqual(['opened', 'refused', 'proven', 'issued'])
  expect((await redeem(asked, url)).claims()?.amr).toEqual(['pwd'])
  const spent = await atTheDoor(async ({ documents }) => (await documents.get('AuthorizationCode', code))?.consumedAt)
  for (const consumedAt of spent) expect(consumedAt).toBeGreaterThan(0)
})

test('a right answer as the first: its charge is taken back, and its evidence is there', async () => {
  const browser = new Browser()
  const asked = await ask(server)
  const { page, view } = await arrive(browser, asked)
  const named = await identify(browser, page, view, ada.username)
  expect(await viewIn(await browser.post(`${page}/answer`, answerOf(named, ada.password)))).toMatchObject({
    at: 'done',
  })
  const seen = await atTheDoor(async (store) => [
    await failuresOf(store),
    (await store.records.ofRun('harbour', asked.checks.expectedNonce ?? '')).at(-1)?.kind,
  ])
  for (const one of seen) expect(one).toEqual([[0, 0], 'proven'])
})

const charged = { failures: 1, lockedUntil: 0, forgottenAt: later, revision: 0 }

test('a charge is on the disk before its verdict is told, whatever others synced that wrote nothing', async () => {
  const house = await opened()
  const { store } = house
  await store.documents.put('Novelty', 'n', {}, later)
  await store.unit(async () => {
    await store.transaction((inside) => inside.attempts.replace('k', null, charged), { syncedWithAnswer: true })
    // A right client secret, or a code that was spent before.
    await store.transaction(async () => {})
    await store.documents.consume('AuthorizationCode', 'absent', 1)
  })
  const disk = watched.diskOf(house.file)
  for (const there of await afterwards(house.file, disk, (kept) => kept.attempts.get('k')))
    expect(there).toEqual(charged)
  await house.done()
})

test('a charge is on the disk before a message or a question leaves', async () => {
  const house = await opened()
  const { store } = house
  let disk: Disk | null = null
  await store.unit(async () => {
    await store.transaction((inside) => inside.attempts.replace('k', null, charged), { syncedWithAnswer: true })
    await store.committed()
    disk = watched.diskOf(house.file)
  })
  if (!disk) throw new Error('Nothing was looked at.')
  for (const there of await afterwards(house.file, disk, (kept) => kept.attempts.get('k')))
    expect(there).toEqual(charged)
  await house.done()
})

test('it is no test of nothing: what is not synced may be gone', async () => {
  const house = await opened()
  await house.store.documents.put('Session', 's', {}, later)
  const disk = watched.diskOf(house.file)
  const there = await afterwards(
    house.file,
    disk,
    async ({ documents }) => (await documents.get('Session', 's')) !== null,
  )
  expect(new Set(there)).toEqual(new Set([false, true]))
  await house.done()
})
