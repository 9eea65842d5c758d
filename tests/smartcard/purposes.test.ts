import { expect, test } from 'vitest'
import type { Purposes } from '#server/factors/smartcard/x509/extended-key-usage.ts'
import { authority, bits, card, clientAuth, common, extension, made, purposes } from '../x509.ts'
import { judgedBy } from './judged.ts'

// RFC 5280 §4.2.1.12: what a card is for, and what its issuers may issue for, by the terms of its anchor.

const [logon, server, any] = ['1.3.6.1.4.1.311.20.2.2', '1.3.6.1.5.5.7.3.1', '2.5.29.37.0']
const eid = '2.16.840.1.101.3.6.8'
const anchor = made({ subject: common('Root'), extensions: authority() }, null)
const bare = card.slice(0, 2)

const usual: Purposes = { accepted: [clientAuth, logon], areOptional: false }
const optional: Purposes = { ...usual, areOptional: true }
const only = (...taken: readonly string[]): Purposes => ({ accepted: taken, areOptional: false })
const wrongCard = 'wrong-card: not a certificate for signing in'
const wrongIssuer = 'unknown-issuer: an issuer for another purpose'
/** What the card says, what its issuer says; null: nothing. */
type Said = readonly string[] | null

const rows: readonly (readonly [Purposes, Said, Said, string])[] = [
  [usual, [clientAuth], null, 'good'],
  [usual, [server, logon], null, 'good'],
  [usual, null, null, wrongCard],
  [usual, [server], null, wrongCard],
  [usual, [any], null, wrongCard],
  [usual, [eid], null, wrongCard],
  [usual, [clientAuth], [any], 'good'],
  [usual, [clientAuth], [server, clientAuth], 'good'],
  [usual, [clientAuth], [server], wrongIssuer],
  [usual, [clientAuth], [logon], wrongIssuer],
  [usual, [clientAuth, logon], [logon], 'good'],
  [optional, null, null, 'good'],
  [optional, null, [clientAuth], 'good'],
  [optional, null, [server], wrongIssuer],
  [optional, [server], null, wrongCard],
  [only(eid), [eid], null, 'good'],
  [only(eid), [clientAuth], null, wrongCard],
  [only(any), [any], null, 'good'],
  [only(any), [any], [clientAuth], wrongIssuer],
  [{ accepted: [], areOptional: true }, null, null, 'good'],
  [{ accepted: [], areOptional: true }, null, [clientAuth], wrongIssuer],
  [{ accepted: [], areOptional: true }, [clientAuth], null, wrongCard],
]
test.each(rows)('%o: a card for %o below an issuer for %o', async (terms, ofCard, ofIssuer, expected) => {
  const said = (ids: Said) => (ids ? [purposes(...ids)] : [])
  const issuing = made({ subject: common('Issuing'), extensions: [...authority(), ...said(ofIssuer)] }, anchor)
  const leaf = made({ subject: common('Ada'), extensions: [...bare, ...said(ofCard)] }, issuing)
  expect(await judgedBy([leaf, issuing, anchor], { purposes: terms })).toBe(expected)
})

test('three issuers have to leave one purpose in common', async () => {
  const above = made({ subject: common('A'), extensions: [...authority(), purposes(logon)] }, anchor)
  const below = made({ subject: common('B'), extensions: [...authority(), purposes(clientAuth)] }, above)
  const leaf = made({ subject: common('Ada'), extensions: [...bare, purposes(clientAuth, logon)] }, below)
  expect(await judgedBy([leaf, below, above, anchor], {})).toBe(wrongIssuer)
})

test('a card that may have no purpose still has to be one that signs', async () => {
  const sealing = [card[0] ?? bits(0), extension('2.5.29.15', bits(5, 0x20), true)]
  const leaf = made({ subject: common('Ada'), extensions: sealing }, anchor)
  expect(await judgedBy([leaf, anchor], { purposes: optional })).toBe(wrongCard)
})
