import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { keyHandleOf } from '#server/factors/smartcard/handle.ts'
import { readCertificate } from '#server/factors/smartcard/x509/certificate.ts'
import { Authority, folderForAll, type Issued } from '../pki.ts'
import { type Showing, serverWithCards, signInWith, withCards } from './card-server.ts'
import { answered, question, siteForAll } from './responder.ts'

// What stands between a card and its anchor comes through our own handshake, and a responder is asked over its own wire.

const folder = folderForAll()
const [root, asked] = await Promise.all([Authority.root(folder, 'root'), Authority.root(folder, 'asked')])
const sealing = 'keyUsage=critical,keyCertSign,cRLSign'
const issuing = await root.authority('issuing', {
  extensions: ['basicConstraints=critical,CA:TRUE,pathlen:0', sealing],
})
const below = await issuing.authority('below')
const lists = await Promise.all(
  Object.entries({ root, issuing, below }).map(([name, one]) => one.list(join(folder, `${name}.crl`))),
)

const card = await issuing.issue()
const same = { keyFile: card.key }
const read = readCertificate(readFileSync(card.certificate))
const people = withCards({ ada: { Badge: read ? keyHandleOf(read) : '' }, grace: {} })

/** What the responder answers to a question. */
let answer = (body: Buffer): Promise<Buffer> => answered(folder, asked, asked.self, body)
const site = await siteForAll(async (_, body) => answer(body))
const anchors = `    - { name: root, certificates: ${root.self.certificate}, revocation: { lists: [${lists}] } }
    - { name: asked, certificates: ${asked.self.certificate}, revocation: { responder: '${site.origin}', nonce: optional } }`
const cards = await serverWithCards(folder, anchors, people)
const { clock } = cards.server
async function outcome(shown: Issued, showing: Showing = {}) {
  const view = await signInWith(cards, 'ada', shown, showing)
  return view.at === 'done' ? 'done' : (view.refusal?.code ?? view.at)
}

describe('an authority between card and anchor', () => {
  test.for(['TLSv1.2', 'TLSv1.3'] as const)('is sent with the card, over %s', async (version) => {
    expect(await outcome(card, { version })).toBe('done')
    expect(await outcome({ ...card, chain: readFileSync(card.certificate, 'utf8') }, { version })).toBe(
      'unknown-issuer',
    )
  })
  test('may not make others where it may issue cards alone', async () => {
    expect(await outcome(await below.issue(same))).toBe('unknown-issuer')
  })
})

describe('a responder', async () => {
  const [good, other, lost] = [await asked.issue(same), await asked.issue(same), await asked.issue(same)]
  const about = async (one: Issued) =>
    answered(folder, asked, asked.self, await question(folder, asked, one, '-no_nonce'))
  test('says that a card is good, or revoked', async () => {
    expect(await outcome(good)).toBe('done')
    await asked.revoke(lost)
    expect(await outcome(lost)).toBe('revoked-card')
  })
  test('that answers about another card has said nothing', async () => {
    answer = () => about(other)
    expect(await outcome(other)).toBe('done')
    expect(await outcome(good)).toBe('revocation-unknown')
  })
  test('whose answer is too old has said nothing', async () => {
    const old = await about(good)
    answer = async () => old
    expect(await outcome(good)).toBe('done')
    clock.aheadMs = 6 * 60_000
    expect(await outcome(good)).toBe('revocation-unknown')
    clock.aheadMs = 0
  })
})

test.for(['secp256k1', 'brainpoolP256r1', 'brainpoolP384r1', 'brainpoolP512r1'])(
  'a card on a curve that is not taken is of the wrong kind, where its browser offers that curve: %s',
  async (curve) => {
    const odd = await root.issue({ key: ['ec', '-pkeyopt', `ec_paramgen_curve:${curve}`] })
    expect(await outcome(odd, { version: 'TLSv1.2', ecdhCurve: `DEFAULT:${curve}` })).toBe('wrong-card')
  },
)
