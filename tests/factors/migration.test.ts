import { BinaryWriter } from '@bufbuild/protobuf/wire'
import { base32nopad } from '@scure/base'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDevice } from '#server/factors/token/secret.ts'
import { readAppSecret } from '#server/factors/totp/secret.ts'

// otpauth-migration://offline?data=…: a MigrationPayload, as Google Authenticator exports its accounts.

const ascii = Buffer.from('12345678901234567890')
const secret = base32nopad.encode(ascii)
const names = { secret: 1, name: 2, issuer: 3, algorithm: 4, digits: 5, type: 6, counter: 7 } as const

/** An account as the app writes it: SHA1, six digits, TOTP. */
const account = (more: { [name in keyof typeof names]?: string | number | Uint8Array } = {}) => {
  const writer = new BinaryWriter()
  const all = { secret: ascii, name: 'Harbour:ada', issuer: 'Harbour', algorithm: 1, digits: 1, type: 2, ...more }
  for (const [name, value] of Object.entries(all)) {
    const field = names[name as keyof typeof names]
    if (typeof value === 'number') writer.uint32(field << 3).int64(value)
    else writer.uint32((field << 3) | 2).bytes(typeof value === 'string' ? Buffer.from(value) : value)
  }
  return writer.finish()
}
/** Their payload, with version, batch_size, batch_index and a negative batch_id after them. */
const payload = (...accounts: readonly Uint8Array[]) => {
  const writer = new BinaryWriter()
  for (const one of accounts) writer.uint32(10).bytes(one)
  for (const [field, value] of [
    [2, 2],
    [3, 1],
    [4, 0],
    [5, -1_184_512_312],
  ] as const)
    writer.uint32(field << 3).int32(value)
  return Buffer.from(writer.finish()).toString('base64')
}
const address = (...accounts: readonly Uint8Array[]) =>
  `otpauth-migration://offline?data=${encodeURIComponent(payload(...accounts))}`
const read = (written: string, called = 'Phone') => {
  const given = readAppSecret(written, called)
  return given.ok ? given.app : given.message
}
const app = { secret, algorithm: 'sha1', digits: 6, periodSeconds: 30 }

describe('one account', () => {
  test.each([
    ['as the app writes it', {}, app],
    ['SHA-256 and eight digits', { algorithm: 2, digits: 2 }, { ...app, algorithm: 'sha256', digits: 8 }],
    ['SHA-512', { algorithm: 3 }, { ...app, algorithm: 'sha512' }],
    ['what it leaves unspecified', { algorithm: 0, digits: 0 }, app],
  ] as const)('%s', (_, more, expected) => {
    expect(read(address(account(more)))).toEqual(expected)
  })

  test('whatever its address is called, and however its data was copied', () => {
    expect(read(address(account()).replace('otpauth-migration', 'OTPAUTH-Migration').replace('data', 'Data'))).toEqual(
      app,
    )
    const plus = account({ name: '~~~>>>???' })
    expect(payload(plus)).toContain('+')
    expect(read(`otpauth-migration://offline?data=${payload(plus)}`)).toEqual(app)
  })

  test('one that counts is a token’s, from its counter on', () => {
    const counting = address(account({ type: 1, counter: 42 }))
    expect(readDevice(counting, 'Token')).toMatchObject({ device: { secret, moves: { by: 'event' }, next: 42 } })
    expect(read(counting)).toMatch(/codes that count are not for it/)
  })

  test.each([
    ['MD5', account({ algorithm: 4 }), /SHA1, SHA256 or SHA512.*MD5/],
    ['a short secret', account({ secret: ascii.subarray(0, 10) }), /at least 128 bits, and this one has 80/],
    ['neither kind', account({ type: 0 }), /neither HOTP nor TOTP/],
    ['seven digits', account({ digits: 3 }), /6 or 8 digits/],
  ])('%s is told', (_, one, message) => {
    expect(read(address(one))).toMatch(message)
  })

  test('a counter below zero is told', () => {
    const given = readDevice(address(account({ type: 1, counter: -1 })), 'Token')
    expect(given).toEqual({ ok: false, message: 'A counter is a whole number.' })
  })
})

describe('several accounts in one: the one that the authenticator is called as', () => {
  const other = Buffer.from('another secret of 20')
  const both = address(account(), account({ secret: other, name: 'ada@example.test', issuer: 'Elsewhere' }))

  test.each([
    ['Harbour', secret],
    ['harbour:ADA', secret],
    ['Elsewhere', base32nopad.encode(other)],
    ['ada@example.test', base32nopad.encode(other)],
    ['Elsewhere:ada@example.test', base32nopad.encode(other)],
  ])('%s', (called, expected) => {
    expect(read(both, called)).toMatchObject({ secret: expected })
  })

  test('no name, or the name of two, takes none of them: what they are called is told, and no secret', () => {
    const message = read(both)
    expect(message).toBe(
      'This export has 2 accounts: give its label the name of the one that is meant ("Harbour:ada", "Elsewhere:ada@example.test").',
    )
    expect(read(address(account(), account({ secret: other })), 'Harbour')).toMatch(/^This export has 2 accounts/)
  })
})

test.each([
  ['nothing', 'otpauth-migration://offline', /has no data/],
  ['no data', 'otpauth-migration://offline?data=', /has no data/],
  ['no account', address(), /has no account/],
  ['half of an account', `otpauth-migration://offline?data=${payload(account()).slice(0, 40)}`, /cannot be read/],
])('%s is told', (_, written, message) => {
  expect(read(written)).toMatch(message)
})

test('whatever the data, an answer is given', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const data = encodeURIComponent(Buffer.from(bytes).toString('base64'))
      expect(typeof read(`otpauth-migration://offline?data=${data}`)).toMatch(/string|object/)
    }),
  )
})
