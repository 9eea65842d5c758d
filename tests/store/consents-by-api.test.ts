import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sealWith } from '#server/secrets/seal.ts'
import { placed } from '#server/store/consents-by-api.ts'
import { openSqlite } from '#server/store/sqlite.ts'
import { withoutRetention } from './old-schema.ts'

// A consent of before named no API: it counts where each of its scopes can have meant one thing alone.

const places = {
  scopes: ['openid', 'email', 'work'],
  apis: [
    { resource: 'urn:calendar', scopes: ['read', 'write'] },
    { resource: 'urn:payroll', scopes: ['read', 'pay', 'email'] },
  ],
}

test.each([
  [
    ['openid', 'work', 'write'],
    { scopes: ['openid', 'work'], apis: [{ resource: 'urn:calendar', scopes: ['write'] }] },
  ],
  [['openid', 'read'], { scopes: ['openid'], apis: [] }],
  [['openid', 'email', 'pay'], { scopes: ['openid'], apis: [{ resource: 'urn:payroll', scopes: ['pay'] }] }],
  [['gone'], { scopes: [], apis: [] }],
])('%j', (names, expected) => expect(placed(names, places)).toEqual(expected))

test('nothing is placed twice, and nothing that nobody allowed', () => {
  const name = fc.constantFrom<string[]>('openid', 'email', 'work', 'read', 'write', 'pay', 'gone')
  fc.assert(
    fc.property(fc.uniqueArray(name), (names) => {
      const { scopes, apis } = placed(names, places)
      const all = [...scopes, ...apis.flatMap((api) => api.scopes)]
      expect(new Set(all).size).toBe(all.length)
      expect(all.every((one) => names.includes(one))).toBe(true)
    }),
  )
})

test('it is done once, when a store of before is opened: a later configuration gives an old scope no other meaning', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-consents-'))
  const file = join(folder, 'old.sqlite')
  const seal = sealWith([new Uint8Array(32).fill(7)])
  await (await openSqlite(file, seal, places)).close()
  const raw = new DatabaseSync(file)
  raw.exec(`${withoutRetention}
    DELETE FROM kysely_migration WHERE name >= '008';
    DROP TABLE secrets;
    INSERT INTO documents VALUES ('Consent', '["ada","travel"]', '{"scopes":["openid","write","read"]}', 0, 4000000000000, NULL, NULL, NULL, 'ada')`)
  raw.close()
  const once = { client: 'travel', scopes: ['openid'], apis: [{ resource: 'urn:calendar', scopes: ['write'] }] }
  for (const meaning of [
    places,
    { scopes: ['openid'], apis: [{ resource: 'urn:vault', scopes: ['write', 'read'] }] },
  ]) {
    const store = await openSqlite(file, seal, meaning)
    expect((await store.documents.get('Consent', '["ada","travel"]'))?.value).toEqual(once)
    await store.close()
  }
  rmSync(folder, { recursive: true })
})
