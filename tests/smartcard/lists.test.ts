import { describe, expect, test } from 'vitest'
import { Authority, cardExtensions, folderForAll, type Issued } from '../pki.ts'
import { certificateIn } from './card-server.ts'
import { listJudge } from './list-judge.ts'
import { directory, ecdsa, extension, makeList, scope, uri, type WantedList } from './list-maker.ts'

// What lists say about a card (RFC 5280 §6.3.3): complete ones with their delta lists, parts, and lists that leave it open.

const folder = folderForAll()
const root = await Authority.root(folder, 'Harbour Root')
const [accepting, refusing] = [listJudge(folder, [root.self], 'accept'), listJudge(folder, [root.self], 'refuse')]
const unknown = 'revocation-unknown'
const card = await root.issue()
const numberOf = ({ certificate }: Issued) => certificateIn(certificate).serial
const serial = numberOf(card)
const list = (wanted: WantedList = {}) => makeList(root.self, wanted)

/** Also where an unreachable source would be let pass: what is left open is not unreachable. */
async function outcome(lists: readonly Buffer[], who = card) {
  const [strict, lax] = [await refusing(who, lists), await accepting(who, lists)]
  return strict.why === lax.why ? strict.why : `${strict.why}, or ${lax.why}`
}

describe('delta lists (§5.2.4)', () => {
  const complete = list({ number: 5 })
  test('a card that stands in the delta list alone is revoked', async () => {
    expect(await outcome([complete])).toBe('good')
    expect(await outcome([complete, list({ number: 6, base: 5, revoked: [[serial]] })])).toBe('revoked-card')
    expect(await outcome([complete, list({ number: 6, base: 4, revoked: [['01'], [serial, 1]] })])).toBe('revoked-card')
    expect(await outcome([complete, list({ number: 6, base: 5, revoked: [['01']] })])).toBe('good')
  })
  test('a card that it takes back is good again, in a delta list alone (§5.3.1)', async () => {
    const held = list({ number: 5, revoked: [[serial, 6]] })
    expect(await outcome([held])).toBe('revoked-card')
    expect(await outcome([held, list({ number: 6, base: 5, revoked: [[serial, 8]] })])).toBe('good')
    expect(await outcome([list({ number: 5, revoked: [[serial, 8]] })])).toBe('revoked-card')
  })
  test('the newest one counts, and one that is not newer than the complete list says nothing more', async () => {
    const [sixth, seventh] = [list({ number: 6, base: 5, revoked: [[serial, 6]] }), list({ number: 7, base: 5 })]
    expect(await outcome([complete, sixth, seventh])).toBe('good')
    expect(await outcome([complete, seventh, list({ number: 8, base: 5, revoked: [[serial]] })])).toBe('revoked-card')
    expect(await outcome([list({ number: 6 }), sixth])).toBe('good')
  })
  const leftOpen: readonly (readonly [string, WantedList])[] = [
    ['adds to a newer list than there is', { number: 8, base: 6 }],
    ['has ended', { number: 6, base: 5, until: -5 }],
    ['has not begun', { number: 6, base: 5, from: 600 }],
    ['is of other certificates than its complete list', { number: 6, base: 5, scope: [scope.users] }],
    ['has no number', { base: 5 }],
  ]
  test.for(leftOpen)('the status is unknown while one %s', async ([, wanted]) => {
    expect(await outcome([complete, list(wanted)])).toBe(unknown)
    expect(await outcome([complete, list({ ...wanted, revoked: [[serial]] })])).toBe(unknown)
  })
  test('a complete list that says revoked is believed beside one that cannot be applied', async () => {
    const lists = [list({ number: 5, revoked: [[serial, 6]] }), list({ number: 9 })]
    expect(await outcome([...lists, list({ number: 8, base: 6, revoked: [[serial, 8]] })])).toBe('revoked-card')
  })
  test('the status is unknown with a delta list alone, and with a complete list without a number', async () => {
    expect(await outcome([list({ number: 6, base: 5 })])).toBe(unknown)
    expect(await outcome([list(), list({ number: 6, base: 5 })])).toBe(unknown)
  })
  test('one of other authorities, of another part or of nobody changes nothing', async () => {
    const twin = await Authority.root(folder, 'twin', { subject: '/O=Harbour/CN=Harbour Root' })
    const wanted = { number: 6, base: 5, revoked: [[serial]] } as const
    expect(await outcome([complete, makeList(twin.self, wanted)])).toBe('good')
    expect(await outcome([complete, list({ ...wanted, scope: [scope.authorities] })])).toBe('good')
    expect(await outcome([complete, list({ ...wanted, scope: [scope.at(uri('http://x.test/1'))] })])).toBe('good')
  })
})

describe('lists that leave it open (§5.2.5)', () => {
  test('a list of some reasons says revoked, and never good', async () => {
    const some = (wanted: WantedList = {}) => list({ scope: [scope.reasons(1, 2)], ...wanted })
    expect(await outcome([some()])).toBe(unknown)
    expect(await outcome([some({ revoked: [[serial, 1]] })])).toBe('revoked-card')
    expect(await outcome([some(), list()])).toBe('good')
  })
  test('lists of some reasons that together are of all of them say good (§6.3.3(d) and (e))', async () => {
    const [some, others] = [list({ scope: [scope.reasons(1, 2, 3, 4)] }), list({ scope: [scope.reasons(5, 6, 7, 8)] })]
    expect(await outcome([some, others])).toBe('good')
    expect(await outcome([some, list({ scope: [scope.reasons(5, 6, 7)] })])).toBe(unknown)
  })
  test('an indirect list, of the issuer or of another one that the card names', async () => {
    const other = await Authority.root(folder, 'Lists')
    expect(await outcome([list({ scope: [scope.indirect] })])).toBe(unknown)
    // What stands in it about the issuer's own cards is plain (§5.3.3).
    const own = list({ scope: [scope.indirect], revoked: [[serial]] })
    expect(await outcome([own, list()])).toBe('revoked-card')
    const [theirs, ours] = [other, root].map(({ self }) => directory(certificateIn(self.certificate).subject))
    const mixed = (...revoked: NonNullable<WantedList['revoked']>) => list({ scope: [scope.indirect], revoked })
    expect(await outcome([mixed(['01', 1, theirs], [serial]), list()])).toBe('good')
    expect(await outcome([mixed(['01', 1, theirs], [serial, 1, ours]), list()])).toBe('revoked-card')
    expect(await outcome([list({ revoked: [['01', 1, theirs]] })])).toBe(unknown)
    const indirect = makeList(other.self, { scope: [scope.indirect], revoked: [[serial]] })
    const lines = ['crlDistributionPoints=point', '[point]', 'CRLissuer=dirName:who', '[who]', 'O=Harbour', 'CN=Lists']
    const naming = await root.issue({ extensions: [...cardExtensions, ...lines] })
    expect(await outcome([indirect], naming)).toBe(unknown)
    expect(await outcome([indirect])).toBe(`${unknown}, or good`)
  })
  test('an indirect list of the issuer itself, at a point that names it as the signer', async () => {
    const who = ['CRLissuer=dirName:who', '[who]', 'O=Harbour', 'CN=Harbour Root']
    const naming = (...lines: readonly string[]) =>
      root.issue({ extensions: [...cardExtensions, 'crlDistributionPoints=point', '[point]', ...lines, ...who] })
    const name = directory(certificateIn(root.self.certificate).subject)
    const points = [
      [await naming('fullname=URI:http://x.test/1'), scope.at(uri('http://x.test/1'))],
      [await naming(), scope.at(name)],
    ] as const
    for (const [one, at] of points) {
      expect(await outcome([list({ scope: [at, scope.indirect] })], one)).toBe(unknown)
      const revoking = list({ scope: [at, scope.indirect], revoked: [[numberOf(one)]] })
      expect(await outcome([revoking], one)).toBe('revoked-card')
    }
  })
  test('a file that is there and cannot be read', async () => {
    for (const junk of [Buffer.from('junk'), list().subarray(0, -1), list({ version: 2 })]) {
      expect(await outcome([junk])).toBe(unknown)
      // It may be the delta list that says revoked.
      expect(await outcome([junk, list()])).toBe(unknown)
    }
  })
})

describe('a list is read as it must be', () => {
  const wrong: readonly (readonly [string, WantedList])[] = [
    ['with another algorithm inside than outside (§5.1.1.2)', { inner: ecdsa(384) }],
    ['of version 1 with extensions (§5.1.2.1)', { version: null, number: 1 }],
    ['of version 1 with extensions of an entry', { version: null, revoked: [['01', 1]] }],
    ['of version 3', { version: 2 }],
    [
      'with an unknown critical extension (§5.2)',
      { extensions: [extension('2a0304', Buffer.from('0500', 'hex'), true)] },
    ],
    // Others read 0001 as 1, and the card of that number would be revoked for them alone.
    ['with a number in too many bytes (X.690 §8.3.2)', { revoked: [[`00${serial}`]] }],
    ['of users alone and of authorities alone', { scope: [scope.users, scope.authorities] }],
  ]
  test.for(wrong)('not one %s', async ([, wanted]) => {
    expect(await outcome([list(wanted)])).toBe(unknown)
  })
  test('one of version 1 without extensions is a list', async () => {
    expect(await outcome([list({ version: null })])).toBe('good')
    expect(await outcome([list({ version: null, revoked: [[serial]] })])).toBe('revoked-card')
  })
})

describe('distribution points (§6.3.3(b))', async () => {
  const at = (...lines: readonly string[]) =>
    root.issue({ extensions: [...cardExtensions, 'crlDistributionPoints=point', '[point]', ...lines] })
  const byName = await at('fullname=dirName:where', '[where]', 'O=Harbour', 'CN=Part 1')
  const behind = await at('relativename=where', '[where]', 'CN=Part 1')
  const name = (file: Issued) => certificateIn(file.certificate).subject
  const [part, other, relative] = await Promise.all([
    root.issue({ subject: '/O=HARBOUR/CN=part  1' }),
    root.issue({ subject: '/O=Harbour/CN=Part 2' }),
    root.issue({ subject: '/O=Harbour/CN=Harbour Root/CN=Part 1' }),
  ])
  const listAt = (who: Issued, wanted: WantedList = {}) => list({ scope: [scope.at(directory(name(who)))], ...wanted })

  test('match by directory name, as names are compared (§7.1)', async () => {
    expect(await outcome([listAt(part)], byName)).toBe('good')
    expect(await outcome([listAt(part, { revoked: [[numberOf(byName)]] })], byName)).toBe('revoked-card')
    expect(await outcome([listAt(other)], byName)).toBe(`${unknown}, or good`)
    expect(await outcome([listAt(part)])).toBe(`${unknown}, or good`)
  })
  test('match behind the issuer’s name', async () => {
    expect(await outcome([listAt(relative)], behind)).toBe('good')
    expect(await outcome([listAt(part)], behind)).toBe(`${unknown}, or good`)
  })
  test('match the issuer itself, where a card names none', async () => {
    expect(await outcome([listAt(root.self)])).toBe('good')
  })
  test('with some reasons make a list at them one of these reasons', async () => {
    const some = await at('fullname=URI:http://x.test/1', 'reasons=keyCompromise')
    const there = list({ scope: [scope.at(uri('http://x.test/1'))] })
    expect(await outcome([there], some)).toBe(unknown)
    expect(await outcome([there, list()], some)).toBe('good')
  })
})
