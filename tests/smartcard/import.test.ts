import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { importPeople } from '#server/people/import.ts'
import { folderForAll } from '../pki.ts'
import { serverForAll } from '../test-server.ts'

const folder = folderForAll()
const { store } = (await serverForAll()).app.context
const hash = 'A'.repeat(43)

async function imported(...cards: readonly (readonly [string, string])[]) {
  const file = join(folder, 'people.yaml')
  const people = cards.map(([username, secret]) => ({
    username,
    password: 'a quiet gallery of lamps',
    authenticators: [{ factor: 'smartcard', label: 'Badge', secret }],
  }))
  writeFileSync(file, JSON.stringify(people))
  const { added, changed, unchanged } = await importPeople(store, file, () => new Date())
  return { added, changed, unchanged }
}
const known = async (handle: string) => (await store.authenticators.find('smartcard', handle))?.label ?? null

test('a card is imported once, and replaced by another one of its label', async () => {
  expect(await imported(['mary', `key ${hash}`])).toEqual({ added: 1, changed: 0, unchanged: 0 })
  expect(await imported(['mary', `key ${hash}`])).toEqual({ added: 0, changed: 0, unchanged: 1 })
  expect(await imported(['mary', 'upn staff  Mary@Corp.test '])).toEqual({ added: 0, changed: 1, unchanged: 0 })
  expect([await known(`key ${hash}`), await known('upn staff mary@corp.test')]).toEqual([null, 'Badge'])
})

test.each([
  ['F1AB', '00f1ab'],
  ['00f1ab', '00f1ab'],
  ['0071AB', '71ab'],
  ['00', '00'],
  ['F'.repeat(40), `00${'f'.repeat(40)}`],
])('a number may be written as OpenSSL prints it or as DER has it: %s', async (written, kept) => {
  await imported(['rosalind', `certificate ${hash} ${written}`])
  expect(await known(`certificate ${hash} ${kept}`)).toBe('Badge')
  expect(await imported(['rosalind', `certificate ${hash} ${kept}`])).toMatchObject({ unchanged: 1 })
})

test('a card is one person’s', async () => {
  await expect(imported(['lise', `key ${hash}`], ['emmy', `key ${hash}`])).rejects.toThrow("is somebody's already")
  expect(await known(`key ${hash}`)).toBeNull()
})

test('what no card is known by is a fault of the file', async () => {
  const wrong = [
    '',
    'key',
    'key short',
    `key ${hash}A`,
    `key ${hash} more`,
    'upn ada@corp.test',
    'upn staff a b',
    'subject staff',
  ]
  for (const number of ['', ' XYZ', ' ABC', ` ${'F'.repeat(42)}`]) wrong.push(`certificate ${hash}${number}`)
  for (const secret of [...wrong, 'face ada'])
    await expect(imported(['ida', secret])).rejects.toThrow(/people\.yaml:\d+/)
})
