import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Migrator } from 'kysely/migration'
import { expect, test } from 'vitest'
import { sealWith } from '#server/secrets/seal.ts'
import { migrations } from '#server/store/migrations.ts'
import { connect, openDatabase, openSqlite } from '#server/store/sqlite.ts'
import { storeContract } from '../store.contract.ts'

const seal = sealWith([new Uint8Array(32).fill(7)])

async function open() {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-store-'))
  const file = join(folder, 'test.sqlite')
  const store = await openSqlite(file, seal)
  const done = async () => {
    await store.close()
    rmSync(folder, { recursive: true })
  }
  return { store, file, done }
}

storeContract('node:sqlite', open)

const person = (id: string) => ({ id, username: id, name: null, email: null, groups: [] })
const secret = 'a canary that must not be readable'

test('what an authenticator keeps cannot be read in the files, nor moved to another person’s row', async () => {
  const { store, file, done } = await open()
  for (const id of ['ada', 'eve']) {
    await store.people.put(person(id), [id])
    await store.authenticators.add(
      {
        id: `of ${id}`,
        account: id,
        factor: 'password',
        label: 'Password',
        credential: { secret: `${secret} ${id}` },
      },
      0,
    )
  }
  for (const name of [file, `${file}-wal`]) expect(readFileSync(name).includes(secret)).toBe(false)

  const raw = new DatabaseSync(file)
  raw.exec(
    "UPDATE authenticators SET sealed = (SELECT sealed FROM authenticators WHERE account = 'eve') WHERE account = 'ada'",
  )
  raw.close()
  await expect(store.authenticators.list('ada', 'password')).rejects.toThrow()
  await done()
})

test('cards that a store of before the last schema knows by their issuer’s name are known by it no more', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-store-'))
  const file = join(folder, 'old.sqlite')
  const old = connect(openDatabase(file))
  const before = new Migrator({ db: old, provider: { getMigrations: async () => migrations } })
  expect((await before.migrateTo('006-bound')).error).toBeUndefined()
  await old.destroy()
  const raw = new DatabaseSync(file)
  raw.exec("INSERT INTO people (id, username, groups) VALUES ('ada', 'ada', '[]')")
  const add = raw.prepare(
    'INSERT INTO authenticators (id, account, factor, label, handle, sealed, revision) VALUES (?, ?, ?, ?, ?, ?, 0)',
  )
  for (const handle of ['certificate HASH 4d', 'key HASH', 'upn staff ada'])
    add.run(handle, 'ada', 'smartcard', handle, handle, seal.close('', ['authenticators', 'ada', handle]))
  raw.close()
  const store = await openSqlite(file, seal)
  const cards = await store.authenticators.listAll('ada')
  expect(cards.map(({ handle }) => handle)).toEqual(['issuer-name HASH 4d', 'key HASH', 'upn staff ada'])
  await store.close()
  rmSync(folder, { recursive: true })
})

test('a store of the first schema keeps its people, and the failures that were counted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-store-'))
  const file = join(folder, 'old.sqlite')
  const old = connect(openDatabase(file))
  const migrator = new Migrator({ db: old, provider: { getMigrations: async () => migrations } })
  expect((await migrator.migrateTo('001-first')).error).toBeUndefined()
  await old.destroy()
  const raw = new DatabaseSync(file)
  const sealed = seal.close('a secret', ['authenticators', 'ada', 'one'])
  raw.exec(`
    INSERT INTO people VALUES ('ada', 'ada', NULL, NULL, '[]');
    INSERT INTO authenticators VALUES ('one', 'ada', 'password', 'Password', '${sealed}', 3);
    INSERT INTO attempts VALUES ('password of account ada', 6, 120000, 1000, 5)`)
  raw.close()

  const store = await openSqlite(file, seal)
  expect(await store.attempts.get('password of account ada')).toEqual({
    failures: 6,
    lockedUntil: 120_000,
    forgottenAt: 1000 + 12 * 3_600_000,
    revision: 5,
  })
  expect(await store.authenticators.list('ada', 'password')).toMatchObject([
    { id: 'one', credential: 'a secret', revision: 3, failures: 0, lastUsedAt: null },
  ])
  await store.close()
  rmSync(folder, { recursive: true })
})

test('commits survive a power loss: WAL with synchronous=FULL', async () => {
  const { file, done } = await open()
  const database = openDatabase(file)
  expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
  expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 })
  database.close()
  await done()
})
