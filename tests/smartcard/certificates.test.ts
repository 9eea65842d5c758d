import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { issueCertificate } from '#server/bench/test-cards/issue.ts'
import { type Anchor, cardValidator } from '#server/factors/smartcard/validate-card.ts'
import { readCertificate } from '#server/factors/smartcard/x509/certificate.ts'
import { subjectTextOf } from '#server/factors/smartcard/x509/name-string.ts'
import { Authority, cardExtensions, dersIn, folderForAll, type Issued, smartcardLogon, type Wanted } from '../pki.ts'

// A real PKI, made by OpenSSL: of all its certificates only the good ones are a card's.

const folder = folderForAll()
const root = await Authority.root(folder, 'Harbour Root')
const issuing = await root.authority('Harbour Cards')
const lists = [await root.list(join(folder, 'root.crl')), await issuing.list(join(folder, 'cards.crl'))]
const certificatesIn = (file: string) =>
  dersIn(readFileSync(file, 'utf8')).map((der) => readCertificate(der) ?? never())
const never = (): never => {
  throw new Error('This is no certificate.')
}

const anchor: Anchor = {
  name: 'harbour',
  certificates: certificatesIn(root.self.certificate),
  intermediates: [],
  sources: { lists, responder: null, hosts: [], needsNonce: true },
  unreachable: 'refuse',
}
const judge = cardValidator([anchor])

async function verdictOn({ chain }: Pick<Issued, 'chain'>, now = Date.now(), by = judge): Promise<string> {
  const judgement = await by(dersIn(chain), now)
  return judgement.ok ? `good, of ${judgement.anchor.name}` : `${judgement.why}: ${judgement.detail}`
}
const good = 'good, of harbour'
const instead = (...lines: readonly string[]) => ({ extensions: lines })
const without = (name: string, ...more: readonly string[]) =>
  instead(...cardExtensions.filter((line) => !line.startsWith(name)), ...more)

describe('what a card says of itself', () => {
  const wrong = 'wrong-card: not a certificate for signing in'
  const stale = 'expired-card: not valid now'
  const cases: readonly (readonly [string, Wanted, string])[] = [
    ['is good', {}, good],
    ['is good with RSA', { key: ['rsa:2048'] }, good],
    ['is good on P-384', { key: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'], digest: 'sha384' }, good],
    ['is for smartcard logon alone', without('extendedKeyUsage', `extendedKeyUsage=${smartcardLogon}`), good],
    ['has no extended key usage', without('extendedKeyUsage'), wrong],
    ['is a server’s', without('extendedKeyUsage', 'extendedKeyUsage=serverAuth'), wrong],
    ['signs mail', without('extendedKeyUsage', 'extendedKeyUsage=emailProtection'), wrong],
    ['is for any purpose', without('extendedKeyUsage', 'extendedKeyUsage=2.5.29.37.0'), wrong],
    ['has no key usage', without('keyUsage'), wrong],
    ['only encrypts', without('keyUsage', 'keyUsage=critical,keyEncipherment'), wrong],
    ['is an authority', without('basicConstraints', 'basicConstraints=critical,CA:TRUE'), wrong],
    ['says something critical that nobody knows', instead(...cardExtensions, '1.2.3.4=critical,ASN1:NULL'), wrong],
    ['has a short key', { key: ['rsa:1024'] }, wrong],
    ['has a key on a curve that is not accepted', { key: ['ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1'] }, wrong],
    ['has expired', { from: -10, until: -1 }, stale],
    ['is of the future', { from: 1, until: 10 }, stale],
    ['is signed with SHA-1', { digest: 'sha1' }, 'unknown-issuer: a weak signature'],
  ]
  test.for(cases)('%s', async ([, wanted, expected]) => {
    expect(await verdictOn(await issuing.issue(wanted))).toBe(expected)
  })
})

describe('who vouches for it', () => {
  const below = async (authority: Promise<Authority>, wanted: Wanted = {}) => {
    const one = await authority
    lists.push(await one.list(join(folder, `${lists.length}.crl`)))
    return verdictOn(await one.issue(wanted))
  }
  const authority = (...lines: readonly string[]) =>
    instead('basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign', ...lines)

  test('the root itself may', async () => {
    expect(await verdictOn(await root.issue())).toBe(good)
  })
  test('another authority of the same name may not, nor may one that nobody knows', async () => {
    const twin = await Authority.root(folder, 'twin', { subject: '/O=Harbour/CN=Harbour Root' })
    const namesake = await twin.authority('Harbour Cards')
    // Without key identifiers nothing but the signature tells them apart: a forger would copy them.
    const bare = await twin.issue(instead(...cardExtensions, 'authorityKeyIdentifier=none'))
    for (const one of [await twin.issue(), bare, await namesake.issue()])
      expect(await verdictOn(one)).toBe('unknown-issuer: no path to an anchor')
    const { certificate } = await namesake.issue()
    const withOurs = readFileSync(certificate, 'utf8') + issuing.self.chain
    expect(await verdictOn({ chain: withOurs })).toBe('unknown-issuer: no path to an anchor')
  })
  test('a card may not, though its issuer may', async () => {
    const card = await issuing.issue()
    const forged = await Authority.below(folder, 'forged', card)
    expect(await verdictOn(await forged.issue())).toMatch(/^unknown-issuer: /)
  })
  test('a self-signed card is nobody’s', async () => {
    const own = await Authority.root(folder, 'own', instead(...cardExtensions))
    const chain = readFileSync(own.self.certificate, 'utf8')
    expect(await verdictOn({ chain })).toBe('unknown-issuer: no path to an anchor')
  })
  test('an issuer that is sent after its card is found, in any order; one that is not sent is not', async () => {
    const { chain, certificate } = await (await issuing.authority('Third')).issue()
    const [card = '', ...others] = chain.split(/(?=-----BEGIN)/)
    expect(await verdictOn({ chain: card + others.toReversed().join('') })).toMatch(/^revocation-unknown/)
    expect(await verdictOn({ chain: readFileSync(certificate, 'utf8') })).toMatch(/^unknown-issuer/)
    const configured = cardValidator([{ ...anchor, intermediates: certificatesIn(issuing.self.certificate) }])
    const direct = readFileSync((await issuing.issue()).certificate, 'utf8')
    expect(await verdictOn({ chain: direct }, Date.now(), configured)).toBe(good)
  })

  const cases: readonly (readonly [string, () => Promise<string>, string])[] = [
    ['expired', () => below(root.authority('Old', { from: -10, until: -1 })), 'an issuer that is not valid now'],
    [
      'no authority',
      () => below(root.authority('No CA', instead('keyUsage=keyCertSign'))),
      'an issuer that is no authority',
    ],
    [
      'may not issue',
      () => below(root.authority('No issuer', instead('basicConstraints=CA:TRUE', 'keyUsage=cRLSign'))),
      'an issuer that may not issue',
    ],
    [
      'issues servers alone',
      () => below(root.authority('Servers', authority('extendedKeyUsage=serverAuth'))),
      'an issuer for another purpose',
    ],
    [
      'says something critical',
      () => below(root.authority('Obscure', authority('1.2.3.4=critical,ASN1:NULL'))),
      'an issuer with an unknown critical extension',
    ],
    ['is signed with SHA-1', () => below(root.authority('SHA-1', { digest: 'sha1' })), 'a weak signature'],
    [
      'is below one that has no others below it',
      async () => {
        const last = await root.authority('Last', instead('basicConstraints=critical,CA:TRUE,pathlen:0'))
        lists.push(await last.list(join(folder, 'last.crl')))
        return below(last.authority('One too many'))
      },
      'a path that is too long',
    ],
  ]
  test.for(cases)('an issuer that is, or does, what it may not: %s', async ([, verdict, detail]) => {
    expect(await verdict()).toBe(`unknown-issuer: ${detail}`)
  })

  const constrained = (constraint: string) =>
    root.authority(`Constrained ${lists.length}`, authority(`nameConstraints=critical,${constraint}`))
  const mail = (address: string) => instead(...cardExtensions, `subjectAltName=email:${address}`)
  const names: readonly (readonly [string, string, Wanted, boolean])[] = [
    ['a mailbox of its host', 'permitted;email:corp.test', mail('ada@corp.test'), true],
    ['a mailbox of another host', 'permitted;email:corp.test', mail('ada@evil.test'), false],
    ['a mailbox of a host below it', 'permitted;email:corp.test', mail('ada@evil.corp.test'), false],
    ['a mailbox below a dot', 'permitted;email:.corp.test', mail('ada@a.corp.test'), true],
    ['a mailbox that is excluded', 'excluded;email:corp.test', mail('ada@corp.test'), false],
    [
      'a host that is excluded',
      'excluded;DNS:corp.test',
      instead(...cardExtensions, 'subjectAltName=DNS:a.corp.test'),
      false,
    ],
    [
      'a name of a kind that cannot be compared',
      'permitted;RID:1.2.3',
      instead(...cardExtensions, 'subjectAltName=RID:1.2.3'),
      false,
    ],
  ]
  test.for(names)('an issuer whose names are constrained: %s', async ([, constraint, wanted, isGood]) => {
    const verdict = await below(constrained(constraint), wanted)
    expect(verdict).toBe(isGood ? good : 'unknown-issuer: a name that its issuer may not give')
  })
  test('an issuer whose subjects are constrained', async () => {
    const constraint = 'permitted;dirName:theirs\n[theirs]\nO=Harbour'
    expect(await below(constrained(constraint))).toBe(good)
    const foreign = await below(constrained(constraint), { subject: '/O=Evil/CN=Ada Lovelace' })
    expect(foreign).toBe('unknown-issuer: a name that its issuer may not give')
  })
  test('a crowd of issuers of one name is not followed for ever', async () => {
    const crowd = await Promise.all(
      Array.from({ length: 7 }, (_, at) => Authority.root(folder, `crowd${at}`, { subject: '/CN=Crowd' })),
    )
    const chain = (await Promise.all(crowd.map(({ self }) => readFileSync(self.certificate, 'utf8')))).join('')
    const verified = vi.spyOn(X509Certificate.prototype, 'verify')
    expect(await verdictOn({ chain })).toMatch(/^unknown-issuer|^wrong-card/)
    expect(verified.mock.calls.length).toBeLessThanOrEqual(60)
    verified.mockRestore()
  })
})

test('a name with a control character is no name', () => {
  const [from, until] = [new Date(), new Date(Date.now() + 1000)]
  const subjectIs = (name: string) => {
    const { certificate } = issueCertificate({ name, from, until, extensions: [] }, null)
    return subjectTextOf(readCertificate(certificate) ?? never())
  }
  expect(subjectIs('Ada, the "first"')).toBe('CN=Ada\\, the \\"first\\"')
  for (const name of ['Ada\0', 'Ada\n', 'Ada\u0085']) expect(() => subjectIs(name)).toThrow()
})

test('what is no certificate is no card', async () => {
  for (const junk of [[], [Buffer.alloc(0)], [Buffer.from('30820000', 'hex')], [Buffer.from('junk')]]) {
    const judgement = await judge(junk, Date.now())
    expect(judgement).toMatchObject({ ok: false, why: 'no-card' })
  }
})
