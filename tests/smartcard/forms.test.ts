import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readCertificate } from '#server/factors/smartcard/x509/certificate.ts'
import { countIn, der, elements, Malformed, oidIn, tags, timeIn } from '#server/factors/smartcard/x509/der.ts'
import { authority, bits, card, common, extension, integer, made, octets, oid, sequence, yes } from '../x509.ts'
import { verdictOn } from './judged.ts'

// The small print of RFC 5280 §4 and X.690: what others read in two ways is read in one, or not at all.

const anchor = made({ subject: common('Root'), extensions: authority() }, null)
const leaf = (template: object = {}) => made({ subject: common('Ada'), extensions: card, ...template }, anchor)
const element = (bytes: Buffer) => elements(bytes).next().value ?? undefined

describe('a validity', () => {
  const [from, until] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2)]
  const lasting = leaf({ from: new Date(from), until: new Date(until) })
  test.each([
    [from - 1, false],
    [from, true],
    [until, true],
    [until + 999, true],
    [until + 1000, false],
  ])('has its first and its last second in it (§4.1.2.5): %d', async (now, isValid) => {
    expect(await verdictOn([lasting, anchorOf(2020)], now)).toBe(isValid ? 'good' : 'expired-card: not valid now')
  })
  const anchorOf = (year: number) =>
    made({ subject: common('Root'), extensions: authority(), from: new Date(Date.UTC(year, 0, 1)) }, null)

  test.each(['260230000000Z', '261301000000Z', '260101240000Z', '260101000060Z', '2601010000Z', '260101000000+0000'])(
    'is of days and seconds that there are: %s',
    (text) => {
      expect(() => timeIn(element(der(tags.utcTime, Buffer.from(text))))).toThrow('not a time')
    },
  )
})

describe('a key', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' })
  const explicit = { pair: { publicKey, privateKey } }
  test('on a curve that is written out is refused, of a card and of an issuer (RFC 5480 §2.1.1)', async () => {
    expect(createPublicKey(privateKey).asymmetricKeyDetails?.namedCurve).toBe('prime256v1')
    expect(await verdictOn([leaf(explicit), anchor])).toBe('wrong-card: not a certificate for signing in')
    const issuing = made({ subject: common('Issuing'), extensions: authority(), ...explicit }, anchor)
    const below = made({ subject: common('Ada'), extensions: card }, issuing)
    expect(await verdictOn([below, issuing, anchor])).toBe('unknown-issuer: a weak key of an issuer')
  })
  test('that cannot be read makes its certificate none, and nothing fails', async () => {
    const unreadable = sequence(sequence(oid('1.2.840.10040.4.1')), bits(0, 1, 2, 3))
    const odd = made({ subject: common('Issuing'), extensions: authority(), publicKey: unreadable }, anchor)
    const below = made({ subject: common('Ada'), extensions: card }, odd)
    expect(readCertificate(odd.der)).toBeNull()
    expect(await verdictOn([below, odd, anchor])).toBe('unknown-issuer: no path to an anchor')
  })
})

test('the algorithm outside what is signed is the one inside (§4.1.1.2)', async () => {
  const other = leaf({ outer: sequence(oid('1.2.840.10045.4.3.3')) })
  expect(await verdictOn([other, anchor])).toBe('unknown-issuer: no path to an anchor')
})

test.each([0, 1, 3])('a certificate of another version than 3 has no extensions, and is none: %i', (version) => {
  const { der: whole } = leaf()
  const at = whole.indexOf(Buffer.from('a003020102', 'hex'))
  expect(readCertificate(whole)).not.toBeNull()
  expect(readCertificate(whole.fill(version, at + 4, at + 5))).toBeNull()
})

describe('a key usage', () => {
  const issuedBy = (usage: Buffer) => {
    const extensions = [...authority().slice(0, 1), extension('2.5.29.15', usage, true)]
    const issuing = made({ subject: common('Issuing'), extensions }, anchor)
    return verdictOn([made({ subject: common('Ada'), extensions: card }, issuing), issuing, anchor])
  }
  test('has no bits in its padding, where others look at none (X.690 §11.2.1)', async () => {
    expect(await issuedBy(bits(2, 0x84))).toBe('good')
    for (const usage of [bits(7, 0x84), bits(3, 0x84), bits(8, 0x84), bits(7), der(tags.bitString)])
      expect(await issuedBy(usage)).toMatch(/^unknown-issuer/)
  })
})

describe('a path length', () => {
  const below = async (depth: Buffer) => {
    const constraint = extension('2.5.29.19', sequence(yes, depth), true)
    const issuing = made({ subject: common('Issuing'), extensions: [constraint, ...authority().slice(1)] }, anchor)
    const last = made({ subject: common('Last'), extensions: authority() }, issuing)
    return verdictOn([made({ subject: common('Ada'), extensions: card }, last), last, issuing, anchor])
  }
  test.each<[string, Buffer, string | RegExp]>([
    ['one', integer(1), 'good'],
    ['none', integer(0), 'unknown-issuer: a path that is too long'],
    ['a negative one', integer(0xff), /no path/],
    ['of no bytes', der(tags.integer), /no path/],
    ['in too many bytes', der(tags.integer, Buffer.from([0, 1])), /no path/],
  ])('%s', async (_, depth, expected) => {
    expect(await below(depth)).toMatch(expected)
  })
})

describe('object identifiers', () => {
  const long = '2.25.329800735698586629295641978511506172918'
  test.each(['0.0', '1.39.1', '2.999.3', '2.100.128', long, `${long}.1`])('%s', (dotted) => {
    expect(oidIn(element(oid(dotted)))).toBe(dotted)
  })
  test('with arcs that differ beyond the 53rd bit are different', () => {
    const [one, other] = [`1.2.${2n ** 60n}`, `1.2.${2n ** 60n + 1n}`].map((dotted) => oidIn(element(oid(dotted))))
    expect(one).not.toBe(other)
  })
  test.each([[[]], [[0x80]], [[0x2a, 0x80, 0x01]], [[0x2a, 0x81]]])('in other bytes are none: %s', (bytes) => {
    expect(() => oidIn(element(der(tags.oid, Buffer.from(bytes))))).toThrow('an object identifier')
  })
})

test('a count is no other number', () => {
  expect(countIn(element(integer(5)))).toBe(5)
  expect(countIn(element(der(tags.integer, Buffer.from([0, 0x80]))))).toBe(128)
  for (const bytes of [[], [0x80], [0, 0x7f], [0xff, 0xff]])
    expect(() => countIn(element(der(tags.integer, Buffer.from(bytes))))).toThrow(Malformed)
  expect(() => countIn(element(octets()))).toThrow()
})
