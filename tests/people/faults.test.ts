import { afterAll, expect, test } from 'vitest'
import { importPeople } from '#server/people/import.ts'
import { sealWith } from '#server/secrets/seal.ts'
import { openSqlite } from '#server/store/sqlite.ts'
import { file, folder } from '../cli/run.ts'

// What is wrong with a people file is told with its line and column, and nobody of the file is imported.

const store = await openSqlite(':memory:', sealWith([new Uint8Array(32)]))
afterAll(() => store.close())

const ada = '- { username: ada, email: ada@example.test, password: limestone lantern 41, groups: [staff] }\n'
const grace = '- { username: grace, password: verdigris harbour 86 }\n'
const secret = 'JLDTSEXMCS2OBMTHV7YFGWI3IYS2ZJ4R'
const app = (written: string) =>
  `- { username: eve, authenticators: [{ factor: totp, label: Phone, secret: '${written}' }] }`

test.each([
  [
    'a short password',
    '- { username: eve, password: short }',
    /people\.yaml:3:20: A password that is the only factor needs at least 15/,
  ],
  [
    'an unknown key',
    '- { username: eve, pasword: x }',
    /:3:20: There is no setting "pasword" here\. Did you mean "password"\?/,
  ],
  [
    'an unknown factor',
    '- { username: eve, authenticators: [{ factor: telepathy, label: x, secret: x }] }',
    /:3:\d+: /,
  ],
  ['a name that is none', '- { username: "e v e" }', /:3:5: A username has letters/],
  ['a name twice', '- { username: ADA, password: another password 12 }', /:3:5: "ada" names somebody else/],
  ['an address for a username', '- { username: ada@example.test, password: the password of mallory }', /:3:5: /],
  [
    'two passwords',
    `- { username: eve, password: another password 12, password_hash: "${'$argon2id$'}x" }`,
    /:3:\d+: Somebody has one password/,
  ],
  [
    'a hash that takes too long',
    `- { username: eve, password_hash: "${'$argon2id$v=19$m=65536,t=9,p=1$c29tZXNhbHRzb21l$'}aGFzaGhhc2hoYXNoaGFzaA" }`,
    /:3:\d+: This hash \(m=65536,t=9\) takes too long to verify/,
  ],
  [
    'a hash that is too weak',
    `- { username: eve, password_hash: "${'$argon2id$v=19$m=19456,t=1,p=1$c29tZXNhbHRzb21l$'}aGFzaGhhc2hoYXNoaGFzaA" }`,
    /:3:\d+: This hash \(m=19456,t=1\) is too easily guessed at: it needs m=19456,t=2 or an equal/,
  ],
  [
    'a hash of another kind, in place of a password',
    `- { username: eve, password: "${'$2b$12$KIXQ4S8'}mZ2v3l0b1c9d8eO" }`,
    /:3:\d+: This is a hash, but no argon2id hash as we take them/,
  ],
  [
    'a hash that cannot be',
    `- { username: eve, password_hash: "${'$argon2id$v=19$m=1,t=0,p=0$c29tZXNhbHRzb21l$'}aGFzaGhhc2hoYXNoaGFzaA" }`,
    /no argon2id hash as we take them/,
  ],
  [
    'a secret that is no base32',
    app('0189 canary'),
    /:3:\d+: This is neither base32 \(A–Z and 2–7\) nor an otpauth:\/\/ address\.$/m,
  ],
  ['a secret that is too short', app('JBSWY3DPEHPK3PXP'), /:3:\d+: .* at least 128 bits, and this one has 80\.$/m],
  ['a secret that is too long', app('A'.repeat(104)), /:3:\d+: .* at most 512 bits, and this one has 520\.$/m],
  ['an app of counters', app(`otpauth://hotp/x?secret=${secret}&counter=1`), /:3:\d+: .*otpauth:\/\/totp\//],
  ['another algorithm', app(`otpauth://totp/x?secret=${secret}&algorithm=MD5`), /:3:\d+: .*SHA1, SHA256 or SHA512/],
  ['other digits', app(`otpauth://totp/x?secret=${secret}&digits=7`), /:3:\d+: .*6 or 8 digits/],
  ['another period', app(`otpauth://totp/x?secret=${secret}&period=15`), /:3:\d+: .*30 or 60 seconds/],
  ['another beginning of time', app(`otpauth://totp/x?secret=${secret}&t0=9`), /:3:\d+: .*"t0".*other codes/],
  ['a parameter twice', app(`otpauth://totp/x?secret=${secret}&digits=6&digits=8`), /:3:\d+: .*twice/],
  ['an address without a secret', app('otpauth://totp/x?digits=6'), /:3:\d+: .*no secret/],
  [
    'two apps of one name',
    `- { username: eve, authenticators: [{ factor: totp, label: x, secret: ${secret} }, { factor: totp, label: x, secret: ${secret} }] }`,
    /:3:\d+: There is another totp with the label "x"/,
  ],
  ['somebody’s address', '- { username: eve, email: Ada@Example.Test }', /:3:\d+: /],
])('%s', async (_name, line, expected) => {
  const people = file(folder(), 'people.yaml', ada + grace + line)
  await expect(importPeople(store, people, () => new Date())).rejects.toThrow(expected)
  expect(await store.people.byName('ada')).toBeNull()
})
