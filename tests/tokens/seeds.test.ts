import { describe, expect, test } from 'vitest'
import { readCsv } from '#server/tokens/csv.ts'
import { readPskc } from '#server/tokens/pskc.ts'
import type { SeedKey, Seeds } from '#server/tokens/seed.ts'
import vectors from '../factors/rfc4226.json' with { type: 'json' }
import { password, plain, preSharedKey, withKey, withPassword } from './rfc6030.ts'

const key: SeedKey = { is: 'key', bytes: Buffer.from(preSharedKey, 'hex') }
const secretWord: SeedKey = { is: 'passphrase', text: password }
const faultsOf = (read: Seeds) => (read.ok ? [] : read.faults.map(({ at, message }) => `${at}: ${message}`))
const device = { secret: vectors.secret, algorithm: 'sha1', digits: 8, moves: { by: 'event' }, next: 0, drift: 0 }

describe('RFC 6030', () => {
  test.each([
    ['figure 3, plain', plain, null],
    ['figure 6, a pre-shared key', withKey, key],
    ['figure 7, a password', withPassword, secretWord],
  ] as const)('%s', (_, text, given) => {
    expect(readPskc(text, given)).toEqual({ ok: true, seeds: [{ serial: '987654321', device }] })
  })

  test('a time-based token, its period, its hash and its digits', () => {
    const timed = plain
      .replace('pskc:hotp', 'pskc:totp')
      .replace('Length="8"', 'Length="6"')
      .replace('<AlgorithmParameters>', '<AlgorithmParameters><Suite>HMAC-SHA256</Suite>')
      .replace(/<Counter>.*<\/Counter>/, '<TimeInterval><PlainValue>60</PlainValue></TimeInterval>')
    expect(readPskc(timed, null)).toMatchObject({
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
    ['no MAC', withKey.replace(/<ValueMAC>[\s\S]*<\/ValueMAC>/, ''), key, /MAC/],
    ['no way to check it', withKey.replace(/<MACMethod[\s\S]*<\/MACMethod>/, ''), key, /MACMethod/],
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
    ['no serial number', plain.replace(/<SerialNo>.*?<\/SerialNo>/, ''), null, /package 1: .*SerialNo/],
    ['seven digits', plain.replace('"8"', '"7"'), null, /987654321: .*6 or 8/],
    ['another profile', plain.replace('pskc:hotp', 'pskc:pin'), null, /neither HOTP/],
    ['a short secret', plain.replace('MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=', 'MTIz'), null, /at least 128 bits/],
  ] as const)('%s is told', (_, text, given, message) => {
    expect(faultsOf(readPskc(text, given as SeedKey | null))[0]).toMatch(message)
  })
})

const hex = Buffer.from('12345678901234567890').toString('hex')

describe('a file of lines', () => {
  test('what is left out is as most devices have it', () => {
    const read = readCsv(`# serial, secret\nA1, ${hex}\nA2,${hex},totp,8,60,SHA-256\n\nA3,${hex},hotp,6,17\n`)
    expect(read).toMatchObject({
      ok: true,
      seeds: [
        { serial: 'A1', device: { digits: 6, algorithm: 'sha1', moves: { by: 'event' }, next: 0 } },
        { serial: 'A2', device: { digits: 8, algorithm: 'sha256', moves: { by: 'time', periodSeconds: 60 } } },
        { serial: 'A3', device: { next: 17 } },
      ],
    })
  })

  test('every fault is told with its line, and no secret with it', () => {
    const lines = [
      `A 1,${hex}`,
      `A2,${hex}f`,
      `A3,${hex},push`,
      `A4,${hex},totp,7`,
      `A5,${hex},totp,6,45`,
      'A6,abcd',
      `A7,${hex},hotp,6,x`,
      `A8,${hex},hotp,6,0,md5`,
      `A9,${hex},hotp,6,0,sha1,more`,
    ]
    const faults = faultsOf(readCsv(lines.join('\n')))
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(lines.map((_, at) => `line ${at + 1}`))
    expect(faults.join()).not.toContain(hex)
  })
})
