import { createCipheriv, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPskc } from '#server/token-seeds/pskc.ts'
import type { SeedKey } from '#server/token-seeds/seed.ts'
import { cbc, keyWrap } from './python-pskc.ts'
import { preSharedKey } from './rfc6030.ts'

// RFC 6030 §6: values that are encrypted, whichever they are, and how it is known that nobody changed them.

const bytes = Buffer.from(preSharedKey, 'hex')
const key: SeedKey = { is: 'key', bytes }
const secret = Buffer.from('12345678901234567890')
const now = new Date('2026-01-01')
const xmlenc = 'http://www.w3.org/2001/04/xmlenc#'
const xmlenc11 = 'http://www.w3.org/2009/xmlenc11#'

const valued = (name: string, algorithm: string, text: Buffer, mac: string) => `<${name}><EncryptedValue>
  <EncryptionMethod Algorithm="${algorithm}"/><CipherData><CipherValue>${text.toString('base64')}</CipherValue></CipherData>
  </EncryptedValue>${mac}</${name}>`

/** AES-CBC, and the MAC of it with the encryption key (§6.1.1). */
function inCbc(name: string, value: Buffer) {
  const vector = Buffer.alloc(16, 7)
  const cipher = createCipheriv('aes-128-cbc', bytes, vector)
  const text = Buffer.concat([vector, cipher.update(value), cipher.final()])
  const mac = createHmac('sha1', bytes).update(text).digest('base64')
  return valued(name, `${xmlenc}aes128-cbc`, text, `<ValueMAC>${mac}</ValueMAC>`)
}
/** AES key wrap (RFC 3394), or with padding (RFC 5649): no MAC. */
function wrapped(name: string, value: Buffer, { padded }: { padded: boolean }) {
  const initial = Buffer.from(padded ? 'a65959a6' : 'a6a6a6a6a6a6a6a6', 'hex')
  const cipher = createCipheriv(padded ? 'id-aes128-wrap-pad' : 'id-aes128-wrap', bytes, initial)
  const text = Buffer.concat([cipher.update(value), cipher.final()])
  return valued(name, padded ? `${xmlenc11}kw-aes-128-pad` : `${xmlenc}kw-aes128`, text, '')
}
const macMethod = '<MACMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1"/>'
const container = (profile: 'hotp' | 'totp', values: string, method = macMethod) => `<KeyContainer Version="1.0"
  xmlns="urn:ietf:params:xml:ns:keyprov:pskc"><EncryptionKey><KeyName>k</KeyName></EncryptionKey>${method}
  <KeyPackage><DeviceInfo><SerialNo>1</SerialNo></DeviceInfo>
  <Key Id="1" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:${profile}"><Data>${values}</Data></Key>
  </KeyPackage></KeyContainer>`
const read = (text: string, given: SeedKey | null = key) => {
  const { seeds, faults } = readPskc(text, given, now)
  return faults[0]?.message ?? seeds[0]?.device
}
const octets = (number: number, length: number) => {
  const all = Buffer.alloc(8)
  all.writeBigUInt64BE(BigInt(number))
  return all.subarray(8 - length)
}

describe('numbers are unsigned, in big-endian octets', () => {
  test.each([4, 8])('a counter of %d octets', (length) => {
    const counter = fc.integer({ min: 0, max: 999_999_999 })
    fc.assert(
      fc.property(counter, (number) => {
        const values = inCbc('Secret', secret) + inCbc('Counter', octets(number, length))
        expect(read(container('hotp', values))).toMatchObject({ moves: { by: 'event' }, next: number })
      }),
    )
  })

  test('a time, a period and a drift', () => {
    const values = [
      inCbc('Secret', secret),
      inCbc('Time', octets(0, 4)),
      inCbc('TimeInterval', octets(60, 4)),
      inCbc('TimeDrift', octets(4, 4)),
    ]
    const device = { moves: { by: 'time', periodSeconds: 60 }, drift: 4, next: 0 }
    expect(read(container('totp', values.join('')))).toMatchObject(device)
  })

  test.each([
    ['a counter that is too large', inCbc('Counter', octets(1_000_000_000, 8)), /A Counter is .* at most 999999999/],
    ['a counter of nothing', inCbc('Counter', Buffer.alloc(0)), /Its Counter is no whole number/],
    ['a counter of nine octets', inCbc('Counter', Buffer.alloc(9)), /Its Counter is no whole number/],
    ['a counter in letters', inCbc('Counter', Buffer.from('counters')), /Its Counter is no whole number/],
    [
      'a counter without a MAC',
      inCbc('Counter', octets(1, 8)).replace(/<ValueMAC>.*<\/ValueMAC>/, ''),
      /A MAC is needed/,
    ],
    ['a counter that was changed', inCbc('Counter', octets(1, 8)).replace('BwcH', 'BwcI'), /MAC is not right/],
    ['a counter without a value', '<Counter/>', /Its Counter has no value/],
  ])('%s is told', (_, counter, message) => {
    expect(read(container('hotp', inCbc('Secret', secret) + counter))).toMatch(message)
  })

  test('a time that is another one than 0 is told, encrypted or not', () => {
    const values = inCbc('Secret', secret) + inCbc('Time', octets(7, 4))
    expect(read(container('totp', values))).toMatch(/Its Time is another one than 0/)
  })

  test('an encrypted counter in a container that does not say how', () => {
    const text = container('hotp', inCbc('Secret', secret)).replace(/<EncryptionKey>.*<\/EncryptionKey>/, '')
    expect(read(text)).toBe('Its Secret is encrypted, and the container does not say how.')
  })
})

describe('a key wrap protects itself (§6.1.1)', () => {
  test.each([
    ['RFC 3394', Buffer.from('123456789012345678901234'), { padded: false }],
    ['RFC 5649, of twenty bytes', secret, { padded: true }],
  ])('%s, without a MAC', (_, value, how) => {
    const text = container('hotp', wrapped('Secret', value, how), '')
    expect(read(text)).toMatchObject({ digits: 6, next: 0 })
    const at = text.indexOf('<CipherValue>') + 20
    const changed = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
    expect(read(changed)).toBe('A value cannot be decrypted: another key, or the file was changed.')
    expect(read(text, { is: 'key', bytes: Buffer.alloc(16, 1) })).toMatch(/cannot be decrypted/)
  })

  test('where it has a MAC all the same, that must be right', () => {
    const text = container('hotp', wrapped('Secret', secret, { padded: true }))
    expect(read(text.replace('</EncryptedValue>', '</EncryptedValue><ValueMAC>AAAA</ValueMAC>'))).toMatch(
      /MAC is not right/,
    )
  })

  test('AES-CBC does not: without a MACMethod it is refused', () => {
    expect(read(container('hotp', inCbc('Secret', secret), ''))).toMatch(/A MAC is needed \(RFC 6030 §6\.1\.1\)/)
  })
})

test.each([
  ['AES-CBC', cbc],
  ['AES key wrap', keyWrap],
])('python-pskc’s containers: %s', (_, text) => {
  expect(read(text)).toMatchObject({ moves: { by: 'event' }, next: 300, secret: expect.stringMatching(/^GEZDGNBV/) })
})
