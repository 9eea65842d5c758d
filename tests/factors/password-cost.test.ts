import { writeFileSync } from 'node:fs'
import argon2 from '@node-rs/argon2'
import { afterEach, expect, test, vi } from 'vitest'
import { loadConfig } from '#server/config/load.ts'
import { storeSettingsOf } from '#server/config/store-settings.ts'
import { passwords } from '#server/factors/password/settings.ts'
import { importPeople } from '#server/people/import.ts'
import { keysFor } from '#server/secrets/keys.ts'
import { openStore } from '#server/store/open.ts'
import { Browser } from '../browser.ts'
import { file, folder, sallyport } from '../cli/run.ts'
import { type Clients, demo, nowhere } from '../people/people.ts'
import { answerOf, arrive, ask, guess, identify, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

const { hash } = argon2
const asking = (argon2id: string) => (clients: Clients) => `${demo(clients)}passwords: { argon2id: ${argon2id} }\n`
const password = 'one password of all of them'
const hashOf = (memoryCost: number, timeCost: number) => hash(password, { memoryCost, timeCost, parallelism: 1 })

const server = await serverForAll()
const { store } = server.app.context
async function add(username: string, argon2: string) {
  await store.people.put({ id: username, username, name: null, email: null, groups: [] }, [username])
  const one = { id: `of ${username}`, account: username, factor: 'password', label: 'Password' } as const
  await store.authenticators.add({ ...one, credential: { argon2 } }, 0)
}
async function keptOf(username: string) {
  const person = await store.people.byName(username)
  const [kept] = await store.authenticators.list(person?.id ?? '', 'password')
  const cost = /m=\d+,t=\d+,p=\d/.exec(JSON.stringify(kept?.credential))?.[0]
  return { revision: kept?.revision, cost }
}
const own = 'm=12288,t=3,p=1'
afterEach(() => vi.restoreAllMocks())

test('a hash at the cost of before (19 MiB, two passes) is replaced at the first right answer, and at no wrong one', async () => {
  await add('before', await hashOf(19_456, 2))
  expect((await guess(server, 'before', 'a wrong password')).code).toBe('wrong-password')
  expect(await keptOf('before')).toEqual({ revision: 0, cost: 'm=19456,t=2,p=1' })
  for (let round = 0; round < 2; round++) {
    expect((await guess(server, 'before', password)).view.at).toBe('done')
    expect(await keptOf('before')).toEqual({ revision: 1, cost: own })
  }
})

test('right answers at the same time replace it once, and cost no attempt; each is right when it is given again', async () => {
  await add('twice', await hashOf(19_456, 2))
  const opened = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const browser = new Browser()
      const { page, view } = await arrive(browser, await ask(server))
      return { browser, page, open: await identify(browser, page, view, 'twice') }
    }),
  )
  const answer = async ({ browser, page, open }: (typeof opened)[number]) =>
    underWayIn(await browser.post(`${page}/answer`, answerOf(open, password)))
  const first = await Promise.all(opened.map(answer))
  expect(await keptOf('twice')).toEqual({ revision: 1, cost: own })
  expect(first.some(({ at }) => at === 'done')).toBe(true)
  for (const [at, view] of first.entries()) {
    if (view.at === 'done') continue
    expect(view).toMatchObject({ at: 'answer', refusal: { code: 'stale' } })
    expect(await answer({ ...(opened[at] as (typeof opened)[number]), open: view })).toMatchObject({ at: 'done' })
  }
  expect(await keptOf('twice')).toEqual({ revision: 1, cost: own })
  const [kept] = await store.authenticators.list('twice', 'password')
  expect(kept?.failures).toBe(0)
})

test('a secret that an operator replaces while an answer is verified is not overwritten by the renewal', async () => {
  await add('changed', await hashOf(65_536, 1))
  const [verified] = await store.authenticators.list('changed', 'password')
  if (!verified) throw new Error('There is no such password.')
  const other = await hash('another password of theirs', { memoryCost: 12_288, timeCost: 3, parallelism: 1 })
  const renewing = vi.spyOn(argon2, 'hash').mockImplementationOnce(async () => {
    await store.authenticators.rebind({ ...verified, credential: { argon2: other } }, 0)
    return hashOf(12_288, 3)
  })
  expect((await guess(server, 'changed', password)).code).toBe('stale')
  expect(renewing).toHaveBeenCalledOnce()
  expect((await guess(server, 'changed', password)).code).toBe('wrong-password')
  expect((await guess(server, 'changed', 'another password of theirs')).view.at).toBe('done')
})

test('an imported hash that was replaced, and replaced again at another cost, is still the same secret', async () => {
  const people = `${server.dataFolder}/elsewhere.yaml`
  writeFileSync(people, `- { username: elsewhere, password_hash: "${await hashOf(47_104, 1)}" }`)
  await importPeople(store, people, () => new Date())
  for (const [cost, stored] of [
    ['{ memory: 19456, passes: 2 }', 'm=19456,t=2,p=1'],
    ['{ memory: 12288, passes: 3 }', own],
  ] as const) {
    server.reconfigure(asking(cost))
    expect((await guess(server, 'elsewhere', password)).view.at).toBe('done')
    expect((await keptOf('elsewhere')).cost).toBe(stored)
    expect(await importPeople(store, people, () => new Date())).toMatchObject({ changed: 0, unchanged: 1 })
  }
})

test('an operator who asks for more has it from the next right answer on, and in imports; a reload is enough', async () => {
  await add('more', await hashOf(12_288, 3))
  expect((await guess(server, 'more', password)).view.at).toBe('done')
  expect(await keptOf('more')).toEqual({ revision: 0, cost: own })
  server.reconfigure(asking('{ memory: 32768, passes: 2 }'))
  expect((await guess(server, 'more', password)).view.at).toBe('done')
  expect(await keptOf('more')).toEqual({ revision: 1, cost: 'm=32768,t=2,p=1' })
  await server.restart('- { username: lin, password: a password that is long enough }')
  const { people, authenticators } = server.app.context.store
  const lin = await people.byName('lin')
  const [kept] = await authenticators.list(lin?.id ?? '', 'password')
  expect(kept?.credential).toMatchObject({ argon2: expect.stringContaining('$m=32768,t=2,p=1$') })
})

test('the default is 12 MiB in three passes; what is asked for keeps the bounds of imported hashes', () => {
  expect(passwords.parse(undefined)).toEqual({ argon2id: { memory: 12_288, passes: 3 } })
  const load = (argon2id: string) => loadConfig(file(folder(), 'sallyport.yaml', asking(argon2id)(nowhere))).passwords
  for (const [memory, passes] of [
    [7168, 5],
    [9216, 4],
    [19_456, 2],
    [47_104, 1],
    [65_536, 1],
  ])
    expect(load(`{ memory: ${memory}, passes: ${passes} }`)).toEqual({ argon2id: { memory, passes } })
  for (const weak of ['{ memory: 12288, passes: 2 }', '{ memory: 46080, passes: 1 }', '{ memory: 7168, passes: 4 }'])
    expect(() => load(weak)).toThrow(/sallyport\.yaml:\d+:\d+: A hash of m=\d+,t=\d is too easily guessed at/)
  for (const long of ['{ memory: 65536, passes: 2 }', '{ memory: 7168, passes: 30 }'])
    expect(() => load(long)).toThrow(/sallyport\.yaml:\d+:\d+: A hash of m=\d+,t=\d+ takes too long to verify/)
  expect(() => load('{ memory: 19456 }')).toThrow(/"passes" is missing/)
})

test('people import hashes at the cost that is asked for', async () => {
  const inside = folder()
  const people = file(inside, 'people.yaml', '- { username: lin, password: a password that is long enough }')
  const text = asking('{ memory: 19456, passes: 2 }')(nowhere).replace('bench: { people: people.yaml }\n', '')
  const [settings, data] = [file(inside, 'sallyport.yaml', text), `${inside}/data`]
  const { out } = await sallyport(['people', 'import', people, '--config', settings, '--data', data])
  expect(out).toMatch(/^1 added/)
  const config = loadConfig(settings)
  const keys = await keysFor(config, data, new URL('http://localhost'), new Date())
  const opened = await openStore(storeSettingsOf(config), data, keys.storage)
  const lin = await opened.people.byName('lin')
  const [kept] = await opened.authenticators.list(lin?.id ?? '', 'password')
  await opened.close()
  expect(kept?.credential).toMatchObject({ argon2: expect.stringContaining('$m=19456,t=2,p=1$') })
})
