import { describe, expect, test } from 'vitest'
import { readPskc } from '#server/token-seeds/pskc.ts'
import type { SeedKey, Seeds } from '#server/token-seeds/seed.ts'
import vectors from '../factors/rfc4226.json' with { type: 'json' }
import { bulk, derived, least, password, plain, preSharedKey, withKey, withPassword, withPin } from './rfc6030.ts'

const key: SeedKey = { is: 'key', bytes: Buffer.from(preSharedKey, 'hex') }
const secretWord: SeedKey = { is: 'passphrase', text: password }
const faultsOf = ({ faults }: Seeds) => faults.map(({ at, message }) => `${at}: ${message}`)
const now = new Date('2026-01-01')
const device = { secret: vectors.secret, algorithm: 'sha1', digits: 8, moves: { by: 'event' }, next: 0, drift: 0 }

/** Figure 3 with a policy; and as a clock of 60 seconds, with more about its time. */
const saying = (policy: string) => plain.replace('</Data>', `</Data>${policy}`)
const timed = (more = '', period = '<TimeInterval><PlainValue>60</PlainValue></TimeInterval>') =>
  plain.replace('pskc:hotp', 'pskc:totp').replace(/<Counter>.*<\/Counter>/, `${period}${more}`)

describe('RFC 6030', () => {
  test.each([
    ['figure 3, plain', plain, null],
    ['figure 6, a pre-shared key', withKey, key],
    ['figure 7, a password', withPassword, secretWord],
  ] as const)('%s', (_, text, given) => {
    expect(readPskc(text, given, now)).toEqual({ faults: [], seeds: [{ serial: '987654321', person: null, device }] })
  })

  test('figure 10, many at once: each within its time, and the two keys of a device each by its Id', () => {
    const [early, late] = [['9999999:3: It has expired (ExpiryDate).'], ['9999999:4: It has expired (ExpiryDate).']]
    expect(faultsOf(readPskc(bulk, null, now))).toEqual([
      '654321: It has expired (ExpiryDate).',
      '123456: It has expired (ExpiryDate).',
      ...early,
      ...late,
    ])
    expect(faultsOf(readPskc(bulk, null, new Date('2006-05-31T00:00:00Z')))).toHaveLength(4)
    expect(faultsOf(readPskc(bulk, null, new Date('2006-05-15')))).toEqual([...early, ...late])
    expect(faultsOf(readPskc(bulk, null, new Date('2006-03-15')))).toEqual([
      '654321: It may not be used yet (StartDate).',
      '123456: It may not be used yet (StartDate).',
      '9999999:4: It may not be used yet (StartDate).',
    ])
  })

  test('what a policy allows, and until when', () => {
    const policy =
      '<Policy><KeyUsage>CR</KeyUsage><KeyUsage>OTP</KeyUsage><ExpiryDate>2030-01-01T00:00:00Z</ExpiryDate></Policy>'
    const until = Date.parse('2030-01-01')
    expect(readPskc(saying(policy), null, now)).toEqual({
      faults: [],
      seeds: [{ serial: '987654321', person: null, device: { ...device, until } }],
    })
  })

  test('a device has an end of its own', () => {
    const ending = (date: string) => plain.replace('</DeviceInfo>', `<ExpiryDate>${date}</ExpiryDate></DeviceInfo>`)
    expect(faultsOf(readPskc(ending('2001-01-01T00:00:00Z'), null, now))).toEqual([
      '987654321: It has expired (ExpiryDate).',
    ])
    const until = Date.parse('2030-01-01')
    expect(readPskc(ending('2030-01-01T00:00:00Z'), null, now)).toMatchObject({ seeds: [{ device: { until } }] })
  })

  test('by how much its clock is off', () => {
    for (const [drift, time] of [
      [-3, '0'],
      [4, '0'],
    ])
      expect(
        readPskc(
          timed(
            `<TimeDrift><PlainValue>${drift}</PlainValue></TimeDrift><Time><PlainValue>${time}</PlainValue></Time>`,
          ),
          null,
          now,
        ),
      ).toMatchObject({ seeds: [{ device: { drift, next: 0, moves: { by: 'time', periodSeconds: 60 } } }] })
  })

  test('a time-based token, its period, its hash and its digits', () => {
    const text = timed()
      .replace('Length="8"', 'Length="6"')
      .replace('<AlgorithmParameters>', '<AlgorithmParameters><Suite>HMAC-SHA256</Suite>')
    expect(readPskc(text, null, now)).toMatchObject({
      seeds: [{ device: { algorithm: 'sha256', digits: 6, moves: { by: 'time', periodSeconds: 60 } } }],
    })
  })

  test.each([
    ['another key', withKey, { is: 'key', bytes: Buffer.alloc(16, 7) }, /MAC|decrypted/],
    ['a key that is too long', withKey, { is: 'key', bytes: Buffer.alloc(24) }, /16 bytes/],
    ['no key', withKey, null, /--key-file/],
    ['another password', withPassword, { is: 'passphrase', text: 'qwertz' }, /MAC|decrypted/],
    ['no password', withPassword, null, /--password-file/],
    ['a MAC that was changed', withKey.replace('Su+N', 'Su+M'), key, /MAC/],
    ['a secret that was changed', withKey.replace('AAECAwQF', 'AAECAwQG'), key, /MAC/],
    ['no MAC (§6.1.1)', withKey.replace(/<ValueMAC>[\s\S]*<\/ValueMAC>/, ''), key, /MAC is needed/],
    ['no way to check it (§6.1.1)', withKey.replace(/<MACMethod[\s\S]*<\/MACMethod>/, ''), key, /MAC is needed/],
    [
      'a plain secret among encrypted ones',
      withKey.replace(/<EncryptedValue>[\s\S]*<\/EncryptedValue>/, '<PlainValue>MTIz</PlainValue>'),
      key,
      /every secret/,
    ],
    [
      'a document type',
      plain.replace('?>', '?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'),
      null,
      /document type/,
    ],
    ['another document', '<html></html>', null, /KeyContainer/],
    ['half of it', plain.slice(0, 400), null, /no XML/],
    ['no serial number', plain.replace(/<SerialNo>.*?<\/SerialNo>/, ''), null, /package 1: It has no SerialNo/],
    ['an empty serial number', plain.replace('>987654321<', '> <'), null, /package 1: It has no SerialNo/],
    [
      'a serial number of other signs',
      plain.replace('>987654321<', '>98 76/54<'),
      null,
      /package 1: .*letters, digits/,
    ],
    [
      'a secret that is no base64',
      plain.replace(/<PlainValue>MTIz[^<]*/, '<PlainValue>31:32:33:34:35:36:37:38:39:30:31:32:33:34:35:36'),
      null,
      /987654321: Its Secret is not written in base64/,
    ],
    [
      'an encryption for a certificate (figure 8)',
      withKey.replace(/<EncryptionKey>[\s\S]*?<\/EncryptionKey>/, '<EncryptionKey><X509Data/></EncryptionKey>'),
      null,
      /encrypted for a certificate/,
    ],
    ['no key', plain.replace(/<Key [\s\S]*<\/Key>/, ''), null, /987654321: It has no key/],
    ['no profile', plain.replace(/ Algorithm="[^"]*"/, ''), null, /987654321: It does not say its Algorithm/],
    ['seven digits', plain.replace('"8"', '"7"'), null, /987654321: .*6 or 8/],
    ['another profile', plain.replace('pskc:hotp', 'pskc:ocra'), null, /neither HOTP/],
    ...[
      'http://www.ietf.org/keyprov/pskc#hotp',
      'urn:ietf:params:xml:ns:keyprov:pskc#hotp',
      'urn:ietf:params:xml:ns:keyprov:pskc:HOTP',
      'hotp',
    ].map(
      (name) =>
        [
          `the profile ${name}`,
          plain.replace(/(?<=Algorithm=")[^"]*/, name),
          null,
          /987654321: .*a draft: urn:ietf:params:xml:ns:keyprov:pskc:hotp is/,
        ] as const,
    ),
    ['figure 2, nobody’s device', least, null, /package 1: It has no SerialNo/],
    ['figure 4, a derived key', derived, null, /987654321: .*no secret/],
    ['figure 5, a key with a PIN', withPin, null, /987654321: .*needs a PIN/],
    ['a PIN', withPin.replace(/<Policy>.*<\/Policy>/, ''), null, /987654321: .*is a PIN/],
    ['another use', saying('<Policy><KeyUsage>Encrypt</KeyUsage></Policy>'), null, /987654321: .*KeyUsage/],
    ['a date that is none', saying('<Policy><ExpiryDate>soon</ExpiryDate></Policy>'), null, /987654321: .*ExpiryDate/],
    [
      'a policy that nobody knows',
      saying('<Policy><NumberOfTransactions>9</NumberOfTransactions></Policy>'),
      null,
      /987654321: .*NumberOfTransactions/,
    ],
    ['a check digit', plain.replace('"DECIMAL"', '"DECIMAL" CheckDigits="true"'), null, /987654321: .*check digit/],
    ['no counter in a Counter', plain.replace(/<Counter>.*<\/Counter>/, '<Counter/>'), null, /987654321: .*Counter/],
    ['another time', timed('<Time><PlainValue>7</PlainValue></Time>'), null, /987654321: .*Time .*0/],
    [
      'a drift that is none',
      timed('<TimeDrift><PlainValue>x</PlainValue></TimeDrift>'),
      null,
      /987654321: .*TimeDrift/,
    ],
    ['a short secret', plain.replace('MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=', 'MTIz'), null, /at least 128 bits/],
  ] as const)('%s is told', (_, text, given, message) => {
    expect(faultsOf(readPskc(text, given as SeedKey | null, now))[0]).toMatch(message)
  })
})
