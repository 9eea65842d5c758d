import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadConfig } from '#server/config/load.ts'
import { subjectKey, subjectsWith } from '#server/context/subjects.ts'
import { sealWith } from '#server/secrets/seal.ts'
import { openSqlite } from '#server/store/sqlite.ts'
import { file, folder } from './cli/run.ts'
import { demo, nowhere } from './people/people.ts'

// As whom pairwise clients know people, and what keeps it the same.

const subjects = subjectsWith(new Uint8Array(32).fill(1))
const others = subjectsWith(new Uint8Array(32).fill(2))
const account = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
const sector = fc.domain()

test('one account and one sector have one subject, which leads back there and nowhere else', () => {
  fc.assert(
    fc.property(account, account, sector, sector, (one, other, here, there) => {
      const subject = subjects.of(one, here)
      expect(subject).toMatch(/^[\w-]{1,255}$/)
      expect(subjects.of(one, here)).toBe(subject)
      expect(subjects.accountOf(subject, here)).toBe(one)
      if (other !== one) expect(subjects.of(other, here)).not.toBe(subject)
      if (there !== here) expect(subjects.accountOf(subject, there)).toBeNull()
      expect(others.of(one, here)).not.toBe(subject)
      expect(others.accountOf(subject, here)).toBeNull()
    }),
  )
})

test('nothing that was not made here is anybody’s', () => {
  fc.assert(
    fc.property(fc.base64String(), sector, (text, here) => {
      expect(subjects.accountOf(text, here)).toBeNull()
    }),
  )
})

test('the key is made once and kept sealed: another storage key makes no other one', async () => {
  const inside = mkdtempSync(join(tmpdir(), 'sallyport-subjects-'))
  const path = join(inside, 'test.sqlite')
  const [old, fresh] = [new Uint8Array(32).fill(7), new Uint8Array(32).fill(8)]
  const first = await openSqlite(path, sealWith([old]))
  const key = await subjectKey(first, [old])
  expect(await subjectKey(first, [old])).toEqual(key)
  const text = Buffer.from(key).toString('base64url')
  for (const name of [path, `${path}-wal`]) expect(readFileSync(name).includes(text)).toBe(false)
  await first.close()
  const rotated = await openSqlite(path, sealWith([fresh, old]))
  expect(await subjectKey(rotated, [fresh, old])).toEqual(key)
  await rotated.close()
  rmSync(inside, { recursive: true })
})

const config = demo(nowhere).replace('bench: { people: people.yaml }\n', '')
test.each([
  [
    'https://other.example.test/callback',
    'subject_type: pairwise',
    /Redirect URIs on several hosts need a sector_identifier_uri/,
  ],
  ['/callback', 'subject_type: pairwise', /Redirect URIs on several hosts need a sector_identifier_uri/],
  [
    'https://other.example.test/callback',
    'subject_type: pairwise\n    sector_identifier_uri: http://x.test/',
    /This must be an https address/,
  ],
  [
    'https://other.example.test/callback',
    'sector_identifier_uri: https://x.test/',
    /This is for subject_type: pairwise alone/,
  ],
  [
    'https://other.example.test/callback',
    'subject_type: pairwise\n    sector_identifier_uri: https://x.test/s.json',
    null,
  ],
])('a client at %s beside another host, %j', (uri, settings, expected) => {
  const extra = `  several:\n    client_name: Several\n    redirect_uris: ['https://one.example.test/callback', '${uri}']\n    policy: staff\n    ${settings}\n`
  const load = () => loadConfig(file(folder(), 'sallyport.yaml', config.replace('clients:\n', `clients:\n${extra}`)))
  if (expected) expect(load).toThrow(expected)
  else expect(load().clients.get('several')?.subject_type).toBe('pairwise')
})
