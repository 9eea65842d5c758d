import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Anchor, cardValidator } from '#server/factors/smartcard/validate-card.ts'
import { readCertificate } from '#server/factors/smartcard/x509/certificate.ts'
import { hurried } from '../hurried.ts'
import { Authority, cardExtensions, dersIn, folderForAll, type Issued } from '../pki.ts'
import { answered, question, siteForAll } from './responder.ts'

// A card is revoked: lists that end and are replaced, and `openssl ocsp` as the responder. Nobody's word, no way in.

const folder = folderForAll()
const root = await Authority.root(folder, 'Harbour Root')
const anchorCertificates = dersIn(readFileSync(root.self.certificate, 'utf8')).flatMap(
  (der) => readCertificate(der) ?? [],
)
const unknown = 'revocation-unknown'

type Sources = Partial<Anchor['sources']>
function judgeWith(sources: Sources, unreachable: Anchor['unreachable'] = 'refuse') {
  const known = { lists: [], responder: null, hosts: [], needsNonce: true, ...sources }
  const anchor = { name: 'harbour', certificates: anchorCertificates, intermediates: [], sources: known, unreachable }
  const judge = cardValidator([anchor])
  return async ({ chain }: Pick<Issued, 'chain'>, now = Date.now()) => {
    const judgement = await judge(dersIn(chain), now)
    return judgement.ok ? 'good' : judgement.why
  }
}
const file = (name: string) => join(folder, name)
const named = (...lines: readonly string[]) => ({ extensions: [...cardExtensions, ...lines] })

describe('lists in files', () => {
  test('without one, or with one that is not there or no list, nobody comes in; unless the operator says so', async () => {
    const card = await root.issue()
    writeFileSync(file('junk.crl'), 'junk')
    for (const lists of [[], [file('absent.crl')], [file('junk.crl')]])
      expect(await judgeWith({ lists })(card)).toBe(unknown)
    expect(await judgeWith({}, 'accept')(card)).toBe('good')
  })

  test('a list is replaced while we run: a card is revoked, and another list lets nobody in again by ending', async () => {
    const [card, other] = [await root.issue(), await root.issue()]
    const lists = [await root.list(file('live.crl'), 600)]
    const judge = judgeWith({ lists })
    expect(await judge(card)).toBe('good')
    await root.revoke(card)
    renameSync(await root.list(file('next.crl'), 600), file('live.crl'))
    expect(await judge(card)).toBe('revoked-card')
    expect(await judge(other)).toBe('good')
    expect(await judge(other, Date.now() + 601_000)).toBe(unknown)
    expect(await judge(card, Date.now() + 601_000)).toBe(unknown)
    expect(await judge(other, Date.now() - 120_000)).toBe(unknown)
    rmSync(file('live.crl'))
    expect(await judge(other)).toBe(unknown)
    // Somebody else's word for the same name.
    const twin = await Authority.root(folder, 'twin', { subject: '/O=Harbour/CN=Harbour Root' })
    await twin.list(file('live.crl'), 600)
    expect(await judge(other)).toBe(unknown)
    expect(await judgeWith({ lists }, 'accept')(card)).toBe('good')
  })

  test('every certificate below the anchor needs one, and a revoked issuer revokes its cards', async () => {
    const issuing = await root.authority('Harbour Cards')
    const card = await issuing.issue()
    const [ofRoot, ofIssuing] = [await root.list(file('root.crl')), await issuing.list(file('cards.crl'))]
    expect(await judgeWith({ lists: [ofRoot] })(card)).toBe(unknown)
    expect(await judgeWith({ lists: [ofIssuing] })(card)).toBe(unknown)
    expect(await judgeWith({ lists: [ofRoot, ofIssuing] })(card)).toBe('good')
    await root.revoke(issuing.self)
    await root.list(ofRoot)
    expect(await judgeWith({ lists: [ofRoot, ofIssuing] })(card)).toBe('revoked-card')
    expect(await judgeWith({ lists: [ofRoot] }, 'accept')(card)).toBe('revoked-card')
  })

  const scopes: readonly (readonly [string, string, string])[] = [
    ['of authorities alone', 'critical,@scope\n[scope]\nonlyCA=TRUE', unknown],
    ['of people alone', 'critical,@scope\n[scope]\nonlyuser=TRUE', 'good'],
    ['of attributes', 'critical,@scope\n[scope]\nonlyAA=TRUE', unknown],
    ['of some reasons', 'critical,@scope\n[scope]\nonlysomereasons=keyCompromise', unknown],
    ['of other issuers too', 'critical,@scope\n[scope]\nindirectCRL=TRUE', unknown],
    ['of another place', 'critical,@scope\n[scope]\nfullname=URI:http://x.test/1.crl', unknown],
  ]
  test.for(scopes)('a list %s', async ([, scope, expected]) => {
    const lists = [await root.list(file('scope.crl'), 600, [`issuingDistributionPoint=${scope}`])]
    expect(await judgeWith({ lists })(await root.issue())).toBe(expected)
  })
  test('one part of a list, which the card names', async () => {
    const scope = 'issuingDistributionPoint=critical,@scope\n[scope]\nfullname=URI:http://x.test/1.crl'
    const lists = [await root.list(file('part.crl'), 600, [scope])]
    const card = await root.issue(named('crlDistributionPoints=URI:http://x.test/1.crl'))
    expect(await judgeWith({ lists })(card)).toBe('good')
  })
  test('a list that adds to another one, or says something critical that nobody knows', async () => {
    for (const line of ['2.5.29.27=critical,ASN1:INTEGER:1', '1.2.3.4=critical,ASN1:NULL']) {
      const lists = [await root.list(file('delta.crl'), 600, [line])]
      expect(await judgeWith({ lists })(await root.issue())).toBe(unknown)
    }
  })
  test('an issuer that may not sign lists', async () => {
    const issuing = await root.authority('No lists', {
      extensions: ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'],
    })
    const lists = [await root.list(file('above.crl')), await issuing.list(file('below.crl'))]
    expect(await judgeWith({ lists })(await issuing.issue())).toBe(unknown)
  })
})

describe('lists that certificates name', async () => {
  const site = await siteForAll(async (path) => {
    if (path === '/slow.crl') return null
    if (path === '/dripping.crl') return 'drip'
    if (path === '/giant.crl') return Buffer.alloc(33 * 1024 * 1024)
    if (path === '/moved.crl') return 302
    return path === '/root.crl' ? readFileSync(await root.list(file('served.crl'))) : 404
  })
  const naming = (path: string) => root.issue(named(`crlDistributionPoints=URI:${site.origin}${path}`))

  test('are fetched from a listed host, and used until they are asked for again', async () => {
    const [card, judge] = [await naming('/root.crl'), judgeWith({ hosts: [site.host] })]
    expect(await judge(card)).toBe('good')
    await root.revoke(card)
    expect(await judge(card)).toBe('good')
    expect(await judge(card, Date.now() + 11 * 60_000)).toBe('revoked-card')
    expect(site.asked).toEqual(['/root.crl', '/root.crl'])
  })
  test('are not fetched from any other, not through a redirect, and not waited for', async () => {
    site.asked.length = 0
    expect(await judgeWith({ hosts: ['localhost', '127.0.0.1'] })(await naming('/root.crl'))).toBe(unknown)
    expect(site.asked).toEqual([])
    expect(await judgeWith({ hosts: [site.host] })(await naming('/moved.crl'))).toBe(unknown)
    expect(site.asked).toEqual(['/moved.crl'])
    const fetched = async (path: string) => judgeWith({ hosts: [site.host] })(await naming(path))
    expect(await fetched('/giant.crl')).toBe(unknown)
    const { result, waits } = await hurried(() => Promise.all(['/slow.crl', '/dripping.crl'].map(fetched)))
    expect([result, waits]).toEqual([[unknown, unknown], 2])
  })
  test('are not fetched for a certificate that nobody vouches for, nor for one that is not for signing in', async () => {
    site.asked.length = 0
    const lines = [
      `crlDistributionPoints=URI:${site.origin}/root.crl`,
      `authorityInfoAccess=OCSP;URI:${site.origin}/ocsp`,
    ]
    const twin = await Authority.root(folder, 'untrusted', { subject: '/O=Harbour/CN=Harbour Root' })
    const judge = judgeWith({ hosts: [site.host] })
    expect(await judge(await twin.issue(named('authorityKeyIdentifier=none', ...lines)))).toBe('unknown-issuer')
    expect(await judge(await root.issue({ extensions: lines }))).toBe('wrong-card')
    expect(await judge(await root.issue({ ...named(...lines), from: -2, until: -1 }))).toBe('expired-card')
    expect(site.asked).toEqual([])
  })
})

describe('a responder', async () => {
  const delegate = (purpose: string) =>
    root.issue({ subject: '/CN=Responder', extensions: ['keyUsage=digitalSignature', `extendedKeyUsage=${purpose}`] })
  const [ours, card, other, revoked] = [
    await delegate('OCSPSigning'),
    await root.issue(),
    await root.issue(),
    await root.issue(),
  ]
  await root.revoke(revoked)
  const imposter = await delegate('clientAuth')
  const obscure = await root.issue({ extensions: ['extendedKeyUsage=OCSPSigning', '1.2.3.4=critical,ASN1:NULL'] })
  const past = await root.issue({ from: -10, until: -1, extensions: ['extendedKeyUsage=OCSPSigning'] })
  const twin = await Authority.root(folder, 'twin of the responder', { subject: '/O=Harbour/CN=Harbour Root' })
  const theirs = await twin.issue({ extensions: ['extendedKeyUsage=OCSPSigning', 'authorityKeyIdentifier=none'] })
  const say = (asked: Buffer, by: Pick<Issued, 'certificate' | 'key'> = ours, ...more: readonly string[]) =>
    answered(folder, root, by, asked, ...more)
  const answers: Readonly<Record<string, (asked: Buffer) => Promise<Buffer | number | null>>> = {
    '/delegate': (asked) => say(asked),
    '/issuer': (asked) => say(asked, root.self),
    '/by-key': (asked) => say(asked, ours, '-resp_key_id'),
    '/imposter': (asked) => say(asked, imposter),
    '/obscure': (asked) => say(asked, obscure),
    '/past': (asked) => say(asked, past),
    '/twin': (asked) => say(asked, theirs),
    '/another-serial': async () => say(await question(folder, root, other, '-no_nonce')),
    '/no-nonce': async () => say(await question(folder, root, card, '-no_nonce')),
    '/another-nonce': async () => say(await question(folder, root, card)),
    '/changed': async (asked) => {
      const answer = await say(asked)
      answer[answer.length - 700] = (answer[answer.length - 700] ?? 0) ^ 1
      return answer
    },
    '/error': async () => Buffer.from('30030a0106', 'hex'),
    '/junk': async () => Buffer.from('junk'),
    '/down': async () => 503,
    '/empty': async () => Buffer.alloc(0),
  }
  const site = await siteForAll(async (path, body) => (await answers[path]?.(body)) ?? 404)
  const at = (path: string, needsNonce = true) => judgeWith({ responder: `${site.origin}${path}`, needsNonce })

  test.for(['/delegate', '/issuer', '/by-key'])('answers %s', async (path) => {
    expect(await at(path)(card)).toBe('good')
    expect(await at(path)(revoked)).toBe('revoked-card')
  })
  test.for(Object.keys(answers).slice(3))('is not believed, or is not there: %s', async (path) => {
    expect(await at(path)(card)).toBe(unknown)
    expect(site.asked).toContain(path)
  })
  test('an answer without a nonce is taken where the operator says so; one with another nonce never is', async () => {
    expect(await at('/no-nonce', false)(card)).toBe('good')
    expect(await at('/another-nonce', false)(card)).toBe(unknown)
    expect(await at('/another-serial', false)(card)).toBe(unknown)
  })
  test('an answer ends', async () => {
    expect(await at('/delegate')(card, Date.now() + 6 * 60_000)).toBe(unknown)
    expect(await at('/delegate')(card, Date.now() - 6 * 60_000)).toBe(unknown)
  })
  test('a certificate that the responder does not know is not good', async () => {
    const unheard = await (await root.authority('Elsewhere')).issue()
    writeFileSync(file('unheard.crl'), readFileSync(await root.list(file('for-unheard.crl'))))
    expect(await at('/delegate')(unheard)).toBe(unknown)
  })
  test('the one that a card names is asked, when its host is listed', async () => {
    const naming = await root.issue(named(`authorityInfoAccess=OCSP;URI:${site.origin}/delegate`))
    expect(await judgeWith({})(naming)).toBe(unknown)
    expect(await judgeWith({ hosts: [site.host] })(naming)).toBe('good')
    await root.revoke(naming)
    expect(await judgeWith({ hosts: [site.host] })(naming)).toBe('revoked-card')
  })
  test('of a list and a responder, the one that says revoked is believed', async () => {
    const lists = [await root.list(file('beside.crl'))]
    const stale = await root.issue()
    const judge = judgeWith({ lists, responder: `${site.origin}/delegate` })
    expect(await judge(stale)).toBe('good')
    await root.revoke(stale)
    expect(await judge(stale)).toBe('revoked-card')
    expect(
      await judgeWith({ lists: [await root.list(file('beside.crl'))], responder: `${site.origin}/down` })(stale),
    ).toBe('revoked-card')
  })
})
