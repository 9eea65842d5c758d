import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testerFor } from '../bench.ts'
import { file, folder, sallyport } from '../cli/run.ts'
import { demo } from '../people/people.ts'
import { serverForAll } from '../test-server.ts'
import { bulk } from './rfc6030.ts'

// A maker's seed file, brought in by an operator: whole, or what can be of it; to the drawer, or to whose its tokens are.

const server = await serverForAll((clients) => demo(clients).replace('[password, totp]', '[password, token]'))
const seeds = folder()
const hex = Buffer.from('12345678901234567890').toString('hex')
const tokens = (...args: readonly string[]) =>
  sallyport(['tokens', ...args, '--config', join(server.dataFolder, 'sallyport.yaml'), '--data', server.dataFolder])
const labels = async (username: string) => (await testerFor(server, username).carries()).map(({ label }) => label)

test('--partial brings in what can be, and tells the rest; without it, nothing comes', async () => {
  const csv = file(seeds, 'some.csv', `C1,${hex}\nC2,sh0rt\nC3,${hex},totp,7\n`)
  const refused = await tokens('import', csv)
  expect(refused).toMatchObject({ code: 1, out: '' })
  expect(refused.err).toBe(
    `${csv}: line 2: A secret is written in hexadecimal digits or in base32.\n${csv}: line 3: Codes have 6 or 8 digits.\n`,
  )
  expect(await tokens('import', csv, '--partial')).toEqual({
    code: 0,
    out: '1 imported.\n',
    err: `${refused.err}2 left out.\n`,
  })
  const again = file(seeds, 'again.csv', `C1,${hex}\nC4,${hex}\nC5,${hex}\nC5,${hex}\n`)
  const { out, err } = await tokens('import', again, '--partial')
  expect(out).toBe('1 imported.\n')
  expect(err).toContain(`${again}: C5: It is twice in this file.\n`)
  expect(err).toContain(`${again}: C1: It is here already.\n3 left out.\n`)
  const half = file(seeds, 'half.csv', `C1,${hex}\nC6,${hex}\n`)
  expect(await tokens('import', half)).toMatchObject({ code: 1, out: '' })
  expect(await tokens('import', file(seeds, 'rest.csv', `C6,${hex}\n`))).toMatchObject({ code: 0 })
})

test('an expired device is told, and the others of its container come in (RFC 6030 §5)', async () => {
  const [expired, ...others] = bulk.split(/(?<=<\/KeyPackage>)/)
  const text = [expired, ...others.map((one) => one.replace(/<Policy>.*<\/Policy>/, ''))].join('')
  const container = file(seeds, 'mixed.xml', text)
  expect(await tokens('import', container)).toMatchObject({ code: 1, out: '' })
  const { code, out, err } = await tokens('import', container, '--partial')
  expect({ code, out }).toEqual({ code: 0, out: '3 imported.\n' })
  expect(err).toBe(`${container}: 654321: It has expired (ExpiryDate).\n1 left out.\n`)
})

test('where nothing of a file can come in, --partial fails too', async () => {
  const container = file(seeds, 'expired.xml', bulk)
  expect(await tokens('import', container, '--partial')).toMatchObject({ code: 1, out: '' })
  expect(await tokens('import', file(seeds, 'none.xml', '<html/>'), '--partial')).toMatchObject({ code: 1, out: '' })
})

test('the two keys of a device are two tokens, each by its Id', async () => {
  // They came with the container above.
  expect(await tokens('assign', '9999999', 'ada')).toMatchObject({ code: 1 })
  for (const one of ['9999999:3', '9999999:4'])
    expect(await tokens('assign', one, 'ada')).toMatchObject({ code: 0, out: `Token ${one} is ada's.\n` })
  expect(await labels('ada')).toEqual(expect.arrayContaining(['Token 9999999:3', 'Token 9999999:4']))
})

test('a column for the person hands each out; nobody of that name is told, and keeps all out', async () => {
  const list = (person: string) => `serial;secret;username\nP1;${hex};GRACE\nP2;${hex};\nP3;${hex};${person}\n`
  const wrong = file(seeds, 'people.csv', list('nobody'))
  expect(await tokens('import', wrong)).toMatchObject({
    code: 1,
    err: `${wrong}: P3: There is nobody called "nobody".\n`,
  })
  expect(await labels('grace')).not.toContain('Token P1')
  expect(await tokens('import', file(seeds, 'people.csv', list('grace@example.test')))).toMatchObject({ code: 0 })
  expect(await labels('grace')).toEqual(expect.arrayContaining(['Token P1', 'Token P3']))
  expect(await tokens('assign', 'P2', 'grace')).toMatchObject({ code: 0 })
})
