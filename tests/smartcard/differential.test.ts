import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rounds } from '../exhaustive.ts'
import { Authority, dersIn, folderForAll } from '../pki.ts'
import { fieldsOf, peculiarFieldsOf } from './certificate-fields.ts'
import { differenceIn } from './differences.ts'
import { certificateFile } from './pkits.ts'
import { anyChain, chainOf } from './random-chain.ts'

// Two readers of certificates that share no code: the product's, and @peculiar/x509.

/** Every difference that there may be. */
const differences: readonly (readonly [difference: RegExp, why: string])[] = [
  [
    /^refused: by OpenSSL$/,
    'OpenSSL reads a certificate first, key and signature algorithm included, and asn1js reads BER',
  ],
  [
    /^refused: no certificate$/,
    'DER alone, of version 3, no extension twice, no number, time or bit string in two writings',
  ],
  [
    /^refused: a (text|part of a name)/,
    'handles are made of names: control characters and other string types are not read',
  ],
  [
    /^refused: (an? (element|tag|length|number|object)|not an? |bits )/,
    'the product reads definite, minimal DER alone',
  ],
  [
    /^refused: (a policy|a mapping|a name constraint|name constraints|a list of name|policy constraints|alternative names|basic constraints)/,
    'RFC 5280 forbids to issue it',
  ],
  [
    /^read with another (nothing|subjectAltNames|permitted|excluded|(subject|authority)KeyIdentifier|distributionPoints|responders|, )+:/,
    'the product keeps general names as bytes until they are compared, and does not decode what it does not use',
  ],
  [
    /^differing: (subjectAltNames|permitted|excluded|, )+$/,
    'asn1-x509 writes general names again: texts that are no UTF-8 or ASCII, masks that are no prefix',
  ],
  [/^differing: subjectPublicKeyInfo$/, 'asn1-x509 writes the number of unused bits as 0'],
]
const isNamed = (difference: string | null) =>
  difference === null || differences.some(([pattern]) => pattern.test(difference))

const folder = folderForAll()
const root = await Authority.root(folder, 'Root')
const issuedWith = async (serial: string, extensions: readonly string[]) => {
  const subject = '/O=Harbour/OU=Café/CN=Ada Lovelace'
  const { certificate } = await root.issue({ subject, serial, extensions })
  const [bytes = Buffer.alloc(0)] = dersIn(readFileSync(certificate, 'utf8'))
  return bytes
}
const card = await issuedWith('8F00000000000000000000000000000001', [
  'basicConstraints=critical,CA:FALSE',
  'keyUsage=critical,digitalSignature,keyAgreement,decipherOnly',
  'extendedKeyUsage=clientAuth,msSmartcardLogin',
  'subjectKeyIdentifier=hash',
  'authorityKeyIdentifier=keyid,issuer',
  'subjectAltName=otherName:msUPN;UTF8:ada@corp.test,email:ada@corp.test,DNS:corp.test,IP:192.0.2.1,RID:1.2.3.4',
  'certificatePolicies=1.3.6.1.4.1.99999.1,1.3.6.1.4.1.99999.2',
  'crlDistributionPoints=URI:http://crl.test/a.crl,URI:http://crl.test/b.crl',
  'authorityInfoAccess=OCSP;URI:http://ocsp.test,caIssuers;URI:http://ca.test/ca.crt',
])
const authority = await issuedWith('4D', [
  'basicConstraints=critical,CA:TRUE,pathlen:2',
  'keyUsage=critical,keyCertSign,cRLSign',
  'subjectKeyIdentifier=hash',
  'certificatePolicies=1.3.6.1.4.1.99999.1',
  'policyMappings=1.3.6.1.4.1.99999.1:1.3.6.1.4.1.99999.3',
  'policyConstraints=critical,requireExplicitPolicy:3,inhibitPolicyMapping:1',
  'inhibitAnyPolicy=critical,2',
  'nameConstraints=critical,permitted;email:corp.test,permitted;DNS:corp.test,excluded;IP:10.0.0.0/255.0.0.0,excluded;URI:.evil.test',
])

describe('the same fields are read from the same certificate', () => {
  test.each([
    ['a card', card],
    ['an authority', authority],
  ])('%s of OpenSSL’s', (_, bytes) => {
    expect(differenceIn(bytes)).toBeNull()
  })

  test('each field is of some use in them: none is compared with nothing', () => {
    const [one, other] = [fieldsOf(card), fieldsOf(authority)]
    const isEmpty = (value: unknown) => value === null || value === '' || String(value).replaceAll(',', '') === ''
    expect(Object.keys(one ?? {}).filter((name) => isEmpty(one?.[name]) && isEmpty(other?.[name]))).toEqual([])
  })

  test('chains at random', () => {
    fc.assert(
      fc.property(anyChain, (spec) => {
        expect(chainOf(spec).map(({ der }) => differenceIn(der))).toEqual(chainOf(spec).map(() => null))
      }),
      { numRuns: rounds(5, 200) },
    )
  })

  const suite = '/usr/lib/python3/dist-packages/cryptography_vectors/x509/PKITS_data/certs'
  test('NIST’s suite', () => {
    const names = readdirSync(suite).filter((_, at) => at % rounds(12, 1) === 0)
    const found = names.map((name) => [name, differenceIn(readFileSync(join(suite, name)))] as const)
    expect(found.filter(([, difference]) => !isNamed(difference))).toEqual([])
    expect(found.filter(([, difference]) => difference !== null).length).toBeLessThan(5)
  })
})

test('a number and its negative are two serial numbers, which @peculiar/x509 reads as one', () => {
  const files = ['ValidNegativeSerialNumberTest14EE', 'InvalidNegativeSerialNumberTest15EE'].map(certificateFile)
  expect(files.map((bytes) => fieldsOf(bytes)?.serial)).toEqual(['00ff', 'ff'])
  expect(files.map((bytes) => peculiarFieldsOf(bytes).serial)).toEqual(['ff', 'ff'])
})

test('a certificate with one byte changed is refused by both, or read alike, or the difference has a name', () => {
  const chains = fc.sample(anyChain, { numRuns: 4, seed: 5 }).flatMap((spec) => chainOf(spec).slice(0, -1))
  const corpus = [card, authority, ...chains.map(({ der }) => der)]
  const mutation = fc.record({
    base: fc.constantFrom(...corpus),
    place: fc.nat(2000),
    byte: fc.integer({ min: 1, max: 255 }),
  })
  fc.assert(
    fc.property(mutation, ({ base, place, byte }) => {
      const bytes = Buffer.from(base)
      const at = place % bytes.length
      bytes[at] = (bytes[at] ?? 0) ^ byte
      const difference = differenceIn(bytes, base)
      expect(isNamed(difference) ? null : difference).toBeNull()
    }),
    { numRuns: rounds(120, 5000) },
  )
}, 600_000)
