import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { der, tags } from '#server/factors/smartcard/x509/der.ts'
import { comparableName, isSameName } from '#server/factors/smartcard/x509/distinguished-name.ts'
import {
  type Attribute,
  authority,
  card,
  common,
  constraints,
  extension,
  general,
  made,
  nameOf,
  pair,
  sequence,
} from '../x509.ts'
import { verdictOn } from './judged.ts'

// RFC 5280 §7.1: a name is the same name whatever case, spaces and string types it is written with.

const payroll = 'Payroll Office'
const written: readonly (readonly [string, string | Buffer, number, boolean])[] = [
  ['in capitals', 'PAYROLL OFFICE', tags.utf8, true],
  ['with two spaces', 'Payroll  Office', tags.utf8, true],
  ['with spaces around', ' Payroll Office ', tags.utf8, true],
  ['with a no-break space', 'Payroll\u00a0Office', tags.utf8, true],
  ['with a soft hyphen', 'Pay\u00adroll Office', tags.utf8, true],
  ['with a NUL', 'Payroll\0 Office', tags.utf8, true],
  ['with wide letters', 'Ｐayroll Office', tags.utf8, true],
  ['as a PrintableString', payroll, tags.printable, true],
  ['as a TeletexString', payroll, tags.teletex, true],
  ['as a BMPString', Buffer.from(payroll, 'utf16le').swap16(), tags.bmp, true],
  [
    'as a UniversalString',
    Buffer.from(payroll, 'utf16le').swap16().toString('hex').replace(/..../g, '0000$&'),
    tags.universal,
    true,
  ],
  ['without a space', 'PayrollOffice', tags.utf8, false],
  ['with letters that only look like them', 'Pаyroll Office', tags.utf8, false],
]
const cases = written.map(([how, text, tag, isSame]) => ({
  how,
  isSame,
  value: pair('O', tag === tags.universal ? Buffer.from(String(text), 'hex') : text, tag),
}))

describe.each(cases)('an organisation written $how', ({ value, isSame }) => {
  const anchor = made({ subject: common('Root'), extensions: authority() }, null)
  const below = (constraint: Buffer, subject: Buffer) => {
    const issuing = made({ subject: common('Issuing'), extensions: [...authority(), constraint] }, anchor)
    return verdictOn([made({ subject, extensions: card }, issuing), issuing, anchor])
  }
  const base = general.directory(nameOf(pair('O', payroll)))
  const ada = nameOf(value, pair('CN', 'Ada'))
  const foreign = 'unknown-issuer: a name that its issuer may not give'

  test('is excluded where it is the same', async () => {
    expect(await below(constraints([], [base]), ada)).toBe(isSame ? foreign : 'good')
  })
  test('is permitted where it is the same', async () => {
    expect(await below(constraints([base]), ada)).toBe(isSame ? 'good' : foreign)
  })
  test('chains to an issuer of that name where it is the same', async () => {
    const issuing = made({ subject: nameOf(pair('O', payroll)), extensions: authority() }, anchor)
    const leaf = made({ subject: common('Ada'), extensions: card, issuer: nameOf(value) }, issuing)
    expect(await verdictOn([leaf, issuing, anchor])).toBe(isSame ? 'good' : 'unknown-issuer: no path to an anchor')
  })
})

test.each([
  ['STRASSE', 'Straße', true],
  ['ΟΔΟΣ', 'οδος', true],
  ['ΟΔΟΣ', 'οδοσ', true],
  ['ÉCOLE', 'école', true],
  ['E\u0301cole', 'école', true],
  ['ILK', 'ılk', false],
  ['İLK', 'ilk', false],
])('letters beyond ASCII are folded as Unicode folds them: %s and %s', (one, other, isSame) => {
  expect(isSameName(nameOf(pair('CN', one)), nameOf(pair('CN', other)))).toBe(isSame)
})

test('the parts of a name have an order, the attributes of one part have none', () => {
  const [o, cn] = [pair('O', 'Harbour'), pair('CN', 'Ada')]
  const together = (...pairs: readonly Buffer[]) => sequence(der(tags.set, ...pairs))
  expect(isSameName(nameOf(o, cn), nameOf(cn, o))).toBe(false)
  expect(isSameName(together(o, cn), together(cn, o))).toBe(true)
  expect(isSameName(together(o, cn), nameOf(o, cn))).toBe(false)
})

test('another attribute, one part more, and what is no text of its type is another name', () => {
  const name = nameOf(pair('O', 'Harbour'))
  for (const other of [
    nameOf(pair('OU', 'Harbour')),
    nameOf(pair('O', 'Harbour'), pair('CN', 'Ada')),
    nameOf(pair('O', Buffer.from([0x48, 0xff]), tags.utf8)),
    nameOf(pair('O', Buffer.from([0x48, 0xff]), tags.printable)),
    Buffer.from('no name'),
  ]) {
    expect(isSameName(name, other)).toBe(false)
    expect(isSameName(other, name)).toBe(false)
  }
})

test('equal is what has one comparable form, in any two writings of a text', () => {
  const attribute = fc.constantFrom<Attribute>('O', 'OU', 'CN')
  const forms = (text: string) => [text, text.toUpperCase(), text.toLowerCase(), ` ${text}  `, text.normalize('NFD')]
  fc.assert(
    fc.property(attribute, fc.string({ unit: fc.constantFrom(...'abZé ßΣı'), minLength: 1 }), (type, text) => {
      const all = forms(text).map((one) => nameOf(pair(type, one)))
      // The dotless i has no capital of its own.
      if (text.includes('ı')) return
      expect(new Set(all.map((one) => comparableName(one).join())).size).toBe(1)
    }),
  )
})

test('an authority without a name issues nothing', async () => {
  const nobody = made({ subject: nameOf(), extensions: [...authority(), extension('1.2.3', sequence())] }, null)
  expect(await verdictOn([made({ subject: common('Ada'), extensions: card }, nobody), nobody])).toBe(
    'unknown-issuer: no path to an anchor',
  )
})
