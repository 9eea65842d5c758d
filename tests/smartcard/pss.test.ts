import { constants, createPrivateKey, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { contextTag, der, onlyElement, tags } from '#server/factors/smartcard/x509/der.ts'
import { isAccepted, isSignedBy } from '#server/factors/smartcard/x509/signature.ts'
import { Authority, folderForAll } from '../pki.ts'
import { certificateIn } from './card-server.ts'
import { integer } from './list-maker.ts'

// RSASSA-PSS (RFC 4055 §3.1): a signature has the salt, the mask and the hash that its algorithm says, and no other.

const folder = folderForAll()
const root = await Authority.root(folder, 'root')
const { certificate, key } = await root.issue({ key: ['rsa:2048'] })
const { x509 } = certificateIn(certificate)
const signed = Buffer.from('a list')
const privateKey = createPrivateKey(readFileSync(key))
const signatureWith = (saltLength: number) =>
  sign('sha256', signed, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength })

const oid = (hex: string) => der(tags.oid, Buffer.from(hex, 'hex'))
const none = Buffer.from('0500', 'hex')
const [sha1, sha256] = ['2b0e03021a', '608648016503040201'].map((hex) => der(tags.sequence, oid(hex), none)) as [
  Buffer,
  Buffer,
]
const mgf1 = (hash: Buffer) => der(contextTag(1), der(tags.sequence, oid('2a864886f70d010108'), hash))
const salt = (length: number) => der(contextTag(2), integer(length))
const algorithm = (...fields: readonly Buffer[]) =>
  onlyElement(der(tags.sequence, oid('2a864886f70d01010a'), der(tags.sequence, ...fields)), tags.sequence)
const hashed = der(contextTag(0), sha256)

const isTaken = (wanted: ReturnType<typeof algorithm>, saltLength: number) =>
  isSignedBy(x509.publicKey, wanted, signed, signatureWith(saltLength))

test('the salt is as long as the algorithm says, or 20 bytes where it says nothing', () => {
  for (const [said, made, expected] of [
    [32, 32, true],
    [20, 20, true],
    [0, 0, true],
    [32, 20, false],
    [20, 32, false],
    [32, 0, false],
  ] as const)
    expect([said, made, isTaken(algorithm(hashed, mgf1(sha256), salt(said)), made)]).toEqual([said, made, expected])
  expect(isTaken(algorithm(hashed, mgf1(sha256)), 20)).toBe(true)
  expect(isTaken(algorithm(hashed, mgf1(sha256)), 32)).toBe(false)
})

test('SHA-1 as the hash or in the mask, also unsaid, another trailer and an endless salt are not taken', () => {
  expect(isAccepted(algorithm(hashed, mgf1(sha256), salt(32)))).toBe(true)
  for (const wanted of [
    algorithm(),
    algorithm(mgf1(sha256), salt(32)),
    algorithm(hashed, salt(32)),
    algorithm(hashed, mgf1(sha1), salt(32)),
    algorithm(hashed, mgf1(sha256), salt(65)),
    algorithm(hashed, mgf1(sha256), der(contextTag(2), der(tags.integer, Buffer.from([0xff])))),
    algorithm(hashed, mgf1(sha256), salt(32), der(contextTag(3), integer(2))),
  ])
    expect(isAccepted(wanted)).toBe(false)
})
