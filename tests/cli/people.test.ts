import { hash } from '@node-rs/argon2'
import { expect, test } from 'vitest'
import { demo, nowhere } from '../people/people.ts'
import { file, folder, sallyport } from './run.ts'

const config = demo(nowhere).replace('bench: { people: people.yaml }\n', '')

function place() {
  const inside = folder()
  const settings = ['--config', file(inside, 'sallyport.yaml', config), '--data', `${inside}/data`]
  return (name: string, text: string) => sallyport(['people', 'import', file(inside, name, text), ...settings])
}

const ada = '- { username: ada, email: ada@example.test, password: limestone lantern 41, groups: [staff] }\n'
const grace = '- { username: grace, password: verdigris harbour 86 }\n'

test('people are added once, however often the file is imported; a change is a change', async () => {
  const run = place()
  expect((await run('people.yaml', ada + grace)).out).toBe('2 added, 0 changed, 0 unchanged.\n')
  expect((await run('people.yaml', ada + grace)).out).toBe('0 added, 0 changed, 2 unchanged.\n')
  const changed = ada.replace('[staff]', '[staff, finance]') + grace.replace('86', '87')
  expect((await run('people.yaml', changed)).out).toBe('0 added, 2 changed, 0 unchanged.\n')
  expect((await run('people.yaml', changed)).out).toBe('0 added, 0 changed, 2 unchanged.\n')
})

test('JSON, an argon2id hash, and an authenticator in the long form are taken too', async () => {
  const run = place()
  const password_hash = await hash('a password that was hashed elsewhere')
  const people = [
    { username: 'ada', password_hash },
    {
      username: 'grace',
      authenticators: [{ factor: 'password', label: 'Old password', secret: 'verdigris harbour 86' }],
    },
  ]
  expect(await run('people.json', JSON.stringify(people))).toMatchObject({
    code: 0,
    out: '2 added, 0 changed, 0 unchanged.\n',
  })
  expect((await run('people.json', JSON.stringify(people))).out).toBe('0 added, 0 changed, 2 unchanged.\n')
})

const secret = 'JLDTSEXMCS2OBMTHV7YFGWI3IYS2ZJ4R'
const app = (written: string) =>
  `- { username: eve, authenticators: [{ factor: totp, label: Phone, secret: '${written}' }] }`

test('an app is taken as base32 however it is written, and as an address; what it is worth is the same', async () => {
  const run = place()
  const grouped = secret.toLowerCase().replace(/.{4}/g, '$& ')
  expect((await run('people.yaml', app(grouped))).out).toBe('1 added, 0 changed, 0 unchanged.\n')
  for (const same of [secret, `${secret}======`, `otpauth://totp/Sallyport:eve?issuer=Sallyport&secret=${secret}`])
    expect((await run('people.yaml', app(same))).out).toBe('0 added, 0 changed, 1 unchanged.\n')
  const other = `otpauth://totp/eve?secret=${secret}&digits=8&period=60&algorithm=SHA512`
  expect((await run('people.yaml', app(other))).out).toBe('0 added, 1 changed, 0 unchanged.\n')
})

test('what is wrong is told with its line, and nobody of the file is imported', async () => {
  const run = place()
  const bad = await run('people.yaml', `${ada}${grace}- { username: eve, password: short }`)
  expect(bad.code).toBe(1)
  expect(bad.err).toMatch(/people\.yaml:3:20: A password that is the only factor needs at least 15/)
  expect((await run('people.yaml', ada + grace)).out).toBe('2 added, 0 changed, 0 unchanged.\n')
})

test('e-mail addresses of every form that RFC 5321 and RFC 6531 give a mailbox are taken, but for quoted ones', async () => {
  const run = place()
  const addresses = [
    'smith&jones@example.test',
    'ünal@example.test',
    'ada@corp',
    "o'neil+x@example.test",
    'ada@例子.test',
  ]
  const more = ['{a|b}~=?^`!#$%*/@example.test', `${'a'.repeat(64)}@${'b.'.repeat(90)}test`, 'a.b.c@192-0-2-1.example']
  const people = [...addresses, ...more].map((email, at) => ({ username: `p${at}`, email }))
  expect(await run('people.json', JSON.stringify(people))).toEqual({
    code: 0,
    out: '8 added, 0 changed, 0 unchanged.\n',
    err: '',
  })
  const bad = ['"a b"@example.test', 'a@[192.0.2.1]', 'a b@example.test', 'a..b@example.test', 'a@b@c', 'a@-b', 'a']
  const { err } = await run('bad.json', JSON.stringify(bad.map((email, at) => ({ username: `eve${at}`, email }))))
  const lines = err.trim().split('\n')
  expect(lines).toHaveLength(bad.length)
  for (const line of lines) expect(line).toMatch(/bad\.json:1:\d+: An e-mail address is written as ada@example\.test/)
  const twice = [{ username: 'eve', email: 'Smith&Jones@Example.Test' }]
  expect((await run('twice.json', JSON.stringify(twice))).err).toMatch(/This address belongs to "p0"/)
})

test('an address that is somebody’s cannot become another person’s username later', async () => {
  const run = place()
  await run('people.yaml', ada)
  const { code, err } = await run(
    'mallory.yaml',
    '- { username: ada@example.test, name: Mallory, password: the password of mallory }',
  )
  expect(code).toBe(1)
  expect(err).toMatch(/:1:5: This is an address of "ada"/)
})

test('no error shows a password', async () => {
  const run = place()
  expect((await run('people.yaml', '- { username: eve, password: [canary, canary] }')).err).not.toContain('canary')
  expect((await run('people.yaml', '- { username: eve, password: canary }')).err).not.toContain('canary')
  expect((await run('people.yaml', app('canary'))).err).not.toContain('canary')
  expect((await run('people.yaml', app('otpauth://totp/x?canary=canary'))).err).not.toContain('canary')
})
