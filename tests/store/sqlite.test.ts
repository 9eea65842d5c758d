import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { sealWith } from '#server/store/seal.ts'
import { openDatabase, openSqlite } from '#server/store/sqlite.ts'
import { storeContract } from '../store.contract.ts'

const seal = sealWith(new Uint8Array(32).fill(7))

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
    await store.authenticators.add({
      id: `of ${id}`,
      account: id,
      factor: 'password',
      label: 'Password',
      kept: { secret: `${secret} ${id}` },
    })
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

test('commits survive a power loss: WAL with synchronous=FULL', async () => {
  const { file, done } = await open()
  const database = openDatabase(file)
  expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
  expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 })
  database.close()
  await done()
})
