import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Authority, folderForAll, type Issued, type Wanted } from '../pki.ts'
import { certificateIn } from './card-server.ts'
import { listJudge } from './list-judge.ts'
import { makeList, type WantedList } from './list-maker.ts'

// An authority signs its lists with another key than its cards: with one of its own, or with the next one (RFC 5280 §6.3.3(f)).

const folder = folderForAll()
const root = await Authority.root(folder, 'Harbour Root')
const [accepting, refusing] = [listJudge(folder, [root.self], 'accept'), listJudge(folder, [root.self], 'refuse')]
const unknown = 'revocation-unknown'
const subject = '/O=Harbour/CN=Harbour Cards'
const issuing = await root.authority('Harbour Cards')
const card = await issuing.issue()
const { serial } = certificateIn(card.certificate)
const ofRoot = makeList(root.self, { number: 1 })

const listKey = (wanted: Wanted = {}, by: Authority = root) =>
  by.issue({ subject, extensions: ['basicConstraints=critical,CA:FALSE', 'keyUsage=critical,cRLSign'], ...wanted })
/** The card's status with a list that this certificate's key signed, where the certificate is at hand. */
async function outcome(signer: Issued, wanted: WantedList = {}, lists = [ofRoot]) {
  const all = [...lists, makeList(signer, wanted)]
  const [strict, lax] = [await refusing(card, all, [signer]), await accepting(card, all, [signer])]
  return strict.why === lax.why ? strict.why : `${strict.why}, or ${lax.why}`
}

describe('a list of another key of the same authority', async () => {
  const separate = await listKey()
  test('is taken: a key for lists alone, with a certificate from above', async () => {
    expect(await outcome(separate)).toBe('good')
    expect(await outcome(separate, { revoked: [[serial]] })).toBe('revoked-card')
  })
  test('is taken from the browser, which sends that certificate', async () => {
    const chain = `${card.chain}${readFileSync(separate.certificate, 'utf8')}`
    expect(await refusing({ chain }, [ofRoot, makeList(separate)])).toMatchObject({ why: 'good' })
    expect(await refusing(card, [ofRoot, makeList(separate)])).toMatchObject({
      why: unknown,
      detail: expect.stringContaining('not signed by its issuer'),
    })
  })
  test('is taken: the next key of an authority, with a certificate from above', async () => {
    const next = await root.issue({
      subject: '/O=HARBOUR/CN=Harbour  Cards',
      extensions: ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'],
    })
    expect(await outcome(next, { revoked: [[serial]] })).toBe('revoked-card')
    expect(await outcome(next)).toBe('good')
  })
  test('is taken with its delta list of the same key, and with one of another key the status is unknown', async () => {
    const complete = makeList(separate, { number: 3 })
    expect(await outcome(separate, { number: 4, base: 3 }, [ofRoot, complete])).toBe('good')
    const delta = makeList(issuing.self, { number: 4, base: 3 })
    expect((await accepting(card, [ofRoot, complete, delta], [separate])).why).toBe(unknown)
  })
})

describe('a list of another key is not taken', () => {
  const others: readonly (readonly [string, Wanted])[] = [
    ['for lists of another authority', { subject: '/O=Harbour/CN=Other Cards' }],
    ['that may not sign lists', { extensions: ['keyUsage=critical,digitalSignature'] }],
    ['that does not say that it may sign lists', { extensions: ['basicConstraints=critical,CA:FALSE'] }],
  ]
  test.for(others)('with a certificate %s', async ([, wanted]) => {
    expect(await outcome(await listKey(wanted))).toBe(`${unknown}, or good`)
  })
  test('with a certificate of another anchor, which is of the same name', async () => {
    const twin = await Authority.root(folder, 'twin', { subject: '/O=Harbour/CN=Harbour Root' })
    expect(await outcome(await listKey({}, twin))).toBe(unknown)
  })
  test('with a certificate that has ended, or is revoked, or that nobody says is good', async () => {
    expect(await outcome(await listKey({ from: -10, until: -1 }))).toBe(unknown)
    const [lost] = [await listKey()]
    const revoking = makeList(root.self, { revoked: [[certificateIn(lost.certificate).serial]] })
    expect(await outcome(lost, {}, [revoking])).toBe(unknown)
    expect(await outcome(await listKey(), {}, [])).toBe(unknown)
  })
  test('with a certificate that only its own list says is good', async () => {
    const own = await listKey({}, issuing)
    expect(await outcome(own)).toBe(unknown)
    expect(await outcome(own, {}, [ofRoot, makeList(issuing.self)])).toBe('good')
  })
})
