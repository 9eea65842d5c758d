import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { storageKeysIn } from '#server/secrets/keys.ts'
import { keyIdOf, sealedWith, sealWith } from '#server/secrets/seal.ts'
import { sealedAsBefore } from './old-seal.ts'

const [older, newer, foreign] = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
]
const row = ['authenticators', 'ada', 'one']
const bytesOf = (sealed: string) => Buffer.from(sealed.slice(9), 'base64url')

describe('storage keys', () => {
  test('whatever is sealed comes back, under any of the keys and in its own row alone', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.string()), fc.array(fc.string()), (value, own, other) => {
        const sealed = sealWith([older]).close(value, own)
        expect(sealWith([newer, older]).open(sealed, own)).toEqual(JSON.parse(JSON.stringify(value)))
        if (JSON.stringify(own) !== JSON.stringify(other))
          expect(() => sealWith([older]).open(sealed, other)).toThrow('unable to authenticate')
      }),
    )
  })

  test('the first key seals, and a seal says which one it was', () => {
    const sealed = sealWith([newer, older]).close('it', row)
    expect(sealedWith(sealed)).toBe(keyIdOf(newer))
    expect(() => sealWith([older, foreign]).open(sealed, row)).toThrow(`the storage key ${keyIdOf(newer)}`)
    expect(keyIdOf(newer)).not.toBe(keyIdOf(older))
  })

  test('what an older key sealed is sealed anew once, and what the first one did is left', () => {
    const both = sealWith([newer, older])
    const anew = both.renew(sealWith([older]).close('it', row), row) ?? ''
    expect(sealWith([newer]).open(anew, row)).toBe('it')
    expect(both.renew(anew, row)).toBeNull()
    expect(() => both.renew(sealWith([foreign]).close('it', row), row)).toThrow('not configured')
  })

  test('a seal of before keys were named is opened, whichever of the keys made it, and renewed', () => {
    for (const key of [older, newer]) {
      const both = sealWith([newer, older])
      expect(both.open(sealedAsBefore(key, 'it', row), row)).toBe('it')
      expect(sealedWith(both.renew(sealedAsBefore(key, 'it', row), row) ?? '')).toBe(keyIdOf(newer))
    }
    expect(() => sealWith([newer, older]).open(sealedAsBefore(foreign, 'it', row), row)).toThrow(
      'unable to authenticate',
    )
  })

  // NIST SP 800-38D §8.3: at most 2^32 random nonces for one key. Here 128 random bits of salt make a key for 2^16 seals:
  // the same nonce under another salt opens nothing.
  test('a key makes at most 65,536 seals, each under a nonce of its own', () => {
    const seal = sealWith([newer])
    const all = Array.from({ length: 65_537 }, () => bytesOf(seal.close('it', row)))
    const salts = all.map((one) => one.subarray(0, 16).toString('hex'))
    expect(new Set(salts.slice(0, 65_536)).size).toBe(1)
    expect(salts[65_536]).not.toBe(salts[0])
    expect(new Set(all.map((one) => one.subarray(16, 28).toString('hex'))).size).toBe(all.length)
    const [one, two] = [bytesOf(sealWith([newer]).close('it', row)), bytesOf(sealWith([newer]).close('it', row))]
    const mixed = Buffer.concat([two.subarray(0, 16), one.subarray(16)]).toString('base64url')
    expect(() => seal.open(`${keyIdOf(newer)}.${mixed}`, row)).toThrow('unable to authenticate')
  })

  test('seals of more salts than are remembered are opened as before', () => {
    const sealed = Array.from({ length: 600 }, (_, at) => sealWith([newer]).close(at, row))
    const seal = sealWith([newer])
    for (const round of [0, 1])
      expect([round, sealed.map((one) => seal.open(one, row))]).toEqual([round, sealed.map((_, at) => at)])
  })

  test('what was sealed for one purpose is nothing to another, and a text has one spelling', () => {
    const sealed = sealWith([newer], 'tickets').close('it', row)
    expect(() => sealWith([newer], 'drafts').open(sealed, row)).toThrow('unable to authenticate')
    for (const other of [`${sealed}=`, `${sealed} `, sealed.replace('.', '..'), `x${sealed}`])
      expect(() => sealWith([newer], 'tickets').open(other, row)).toThrow()
  })
})

const text = (key: Uint8Array) => Buffer.from(key).toString('base64')

test('a file of storage keys has one a line, the one that seals first, and none twice', () => {
  expect(storageKeysIn(`${text(newer)}\n${text(older)}\n`).map(keyIdOf)).toEqual([keyIdOf(newer), keyIdOf(older)])
  expect(() => storageKeysIn(`${text(newer)}\n${text(newer)}`)).toThrow(`${keyIdOf(newer)} is there twice`)
  for (const wrong of ['', ' \n', 'c2hvcnQ=', `${text(newer)}\nc2hvcnQ=`])
    expect(() => storageKeysIn(wrong)).toThrow('32 bytes in base64')
})
