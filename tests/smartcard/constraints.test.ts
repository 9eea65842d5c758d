import { describe, expect, test } from 'vitest'
import { contextTag, der, tags } from '#server/factors/smartcard/x509/der.ts'
import {
  alternatives,
  authority,
  card,
  common,
  constraints,
  extension,
  general,
  made,
  nameOf,
  oid,
  pair,
  sequence,
} from '../x509.ts'
import { verdictOn } from './judged.ts'

// RFC 5280 §4.2.1.10, form by form: what an issuer may name, and what it may not.

const { mail, host, uri, address, directory, other } = general
const anchor = made({ subject: common('Root'), extensions: authority() }, null)
const foreign = 'unknown-issuer: a name that its issuer may not give'
const ada = common('Ada')

async function below(constraint: Buffer, extensions: readonly Buffer[], subject = ada): Promise<string> {
  const issuing = made({ subject: common('Issuing'), extensions: [...authority(), constraint] }, anchor)
  return verdictOn([made({ subject, extensions: [...card, ...extensions] }, issuing), issuing, anchor])
}

const forms: readonly (readonly [string, Buffer, Buffer, boolean])[] = [
  ['mail: a mailbox at its host', mail('corp.test'), mail('ada@corp.test'), true],
  ['mail: its host in capitals', mail('Corp.Test'), mail('ada@CORP.test'), true],
  ['mail: a host below it', mail('corp.test'), mail('ada@a.corp.test'), false],
  ['mail: a host that ends like it', mail('corp.test'), mail('ada@evilcorp.test'), false],
  ['mail: below a dot', mail('.corp.test'), mail('ada@a.corp.test'), true],
  ['mail: at the host of a dot itself', mail('.corp.test'), mail('ada@corp.test'), false],
  ['mail: the mailbox itself', mail('ada@corp.test'), mail('ada@Corp.test'), true],
  ['mail: another mailbox', mail('ada@corp.test'), mail('eve@corp.test'), false],
  ['host: itself', host('corp.test'), host('corp.test'), true],
  ['host: one below it, in capitals', host('corp.test'), host('A.B.CORP.test'), true],
  ['host: one that ends like it', host('corp.test'), host('evilcorp.test'), false],
  ['host: one above it', host('a.corp.test'), host('corp.test'), false],
  ['URI: at its host', uri('corp.test'), uri('https://ada@Corp.test:8443/x?y#z'), true],
  ['URI: at a host below it', uri('corp.test'), uri('https://a.corp.test/'), false],
  ['URI: below a dot', uri('.corp.test'), uri('ldap://a.corp.test'), true],
  ['URI: at the host of a dot itself', uri('.corp.test'), uri('https://corp.test/'), false],
  ['URI: with its host in the path', uri('corp.test'), uri('https://evil.test/@corp.test'), false],
  ['URI: with its host before an @', uri('corp.test'), uri('https://corp.test@evil.test/'), false],
  ['address: in its network', address(10, 1, 0, 0, 255, 255, 0, 0), address(10, 1, 2, 3), true],
  ['address: in another one', address(10, 1, 0, 0, 255, 255, 0, 0), address(10, 2, 2, 3), false],
  ['address: any of its family', address(0, 0, 0, 0, 0, 0, 0, 0), address(192, 0, 2, 1), true],
  ['directory: a name below it', directory(nameOf(pair('O', 'Harbour'))), directory(common('x')), true],
  ['directory: a name beside it', directory(common('y')), directory(common('x')), false],
]
describe.each(forms)('%s', (_, base, name, isWithin) => {
  const subject = base[0] === contextTag(4) ? nameOf() : ada
  test('permitted', async () => {
    expect(await below(constraints([base]), [alternatives(name)], subject)).toBe(isWithin ? 'good' : foreign)
  })
  test('excluded', async () => {
    expect(await below(constraints([], [base]), [alternatives(name)], subject)).toBe(isWithin ? foreign : 'good')
  })
})

const unreadable: readonly (readonly [string, Buffer, Buffer])[] = [
  ['a mail address with two @', mail('corp.test'), mail('ada@evil.test@corp.test')],
  ['a mail address without a local part', mail('corp.test'), mail('@corp.test')],
  ['a quoted mail address', mail('corp.test'), mail('"ada"@corp.test')],
  ['a mail address at a host with a leading dot', mail('.corp.test'), mail('ada@.corp.test')],
  ['a host with a leading dot', host('corp.test'), host('.corp.test')],
  ['a host with an empty label', host('corp.test'), host('a..corp.test')],
  ['a wildcard', host('corp.test'), host('*.corp.test')],
  ['a host with a NUL', host('corp.test'), host('evil.test\0.corp.test')],
  ['a URI without a host', uri('corp.test'), uri('urn:corp.test')],
  ['a URI whose host ends at a backslash for browsers', uri('corp.test'), uri('https://evil.test\\@corp.test/')],
  ['a URI of an address', uri('corp.test'), uri('https://192.0.2.1/')],
  ['an address of five bytes', address(0, 0, 0, 0, 0, 0, 0, 0), address(10, 0, 0, 1, 0)],
  ['a mail constraint that is empty', mail(''), mail('ada@corp.test')],
  ['a mail constraint with two @', mail('a@b@corp.test'), mail('ada@corp.test')],
  ['a host constraint that is empty', host(''), host('corp.test')],
  ['a host constraint with a leading dot', host('.corp.test'), host('a.corp.test')],
  ['a network with a mask of holes', address(10, 0, 0, 0, 255, 0, 255, 0), address(10, 1, 0, 1)],
  ['a network of seven bytes', address(10, 0, 0, 0, 255, 0, 0), address(10, 0, 0, 1)],
  [
    'a mail address beyond ASCII (RFC 9598 §6)',
    mail('corp.test'),
    other('1.3.6.1.5.5.7.8.9', der(tags.utf8, Buffer.from('ädä@corp.test'))),
  ],
  ['an otherName of the constrained type', other('1.2.3', der(5)), other('1.2.3', der(5))],
]
test.each(unreadable)('what cannot be compared is neither permitted nor passed over: %s', async (_, base, name) => {
  expect(await below(constraints([base]), [alternatives(name)])).toBe(foreign)
  expect(await below(constraints([], [base]), [alternatives(name)])).toBe(foreign)
})

test('constraints bind names of their own form alone', async () => {
  for (const base of [
    mail('corp.test'),
    host('.malformed'),
    address(10, 0, 0, 0, 255, 0, 0, 0),
    other('1.2.3', der(5)),
  ]) {
    expect(await below(constraints([base]), [alternatives(uri('https://corp.test/'))])).toBe('good')
    expect(await below(constraints([], [base]), [alternatives(other('1.2.4', der(5)))])).toBe('good')
  }
})

test('a mailbox is permitted as it is written, and excluded in any case', async () => {
  const named = [alternatives(mail('Ada@corp.test'))]
  expect(await below(constraints([mail('ada@corp.test')]), named)).toBe(foreign)
  expect(await below(constraints([], [mail('ada@corp.test')]), named)).toBe(foreign)
})

test('a mail address in the subject is bound where there is no alternative name', async () => {
  const subject = nameOf(pair('O', 'Harbour'), pair('emailAddress', 'ada@evil.test', tags.ia5))
  const good = nameOf(pair('O', 'Harbour'), pair('emailAddress', 'ada@corp.test', tags.ia5))
  for (const constraint of [constraints([mail('corp.test')]), constraints([], [mail('evil.test')])]) {
    expect(await below(constraint, [], subject)).toBe(foreign)
    expect(await below(constraint, [], good)).toBe('good')
    expect(await below(constraint, [alternatives(mail('ada@corp.test'))], subject)).toBe('good')
  }
})

test('alternative names without any do not take the subject’s mail address out of the constraints', async () => {
  const subject = nameOf(pair('O', 'Harbour'), pair('emailAddress', 'ada@evil.test', tags.ia5))
  const verdict = await below(constraints([mail('corp.test')]), [alternatives()], subject)
  expect(verdict).toBe('wrong-card: alternative names without any')
})

test('an authority that issues for itself is bound by none, a card is, and so is all that is below', async () => {
  const constrained = made(
    { subject: common('Issuing'), extensions: [...authority(), constraints([], [directory(common('Issuing'))])] },
    anchor,
  )
  const anew = made({ subject: common('Issuing'), extensions: authority() }, constrained)
  const chainOf = (subject: Buffer) => [made({ subject, extensions: card }, anew), anew, constrained, anchor]
  expect(await verdictOn(chainOf(ada))).toBe('good')
  expect(await verdictOn(chainOf(common('Issuing')))).toBe(foreign)
})

const base = sequence(mail('corp.test'))
const malformed: readonly (readonly [string, Buffer])[] = [
  ['nothing at all', sequence()],
  ['an empty list', sequence(der(contextTag(0)))],
  ['a list twice', sequence(der(contextTag(0), base), der(contextTag(0), base))],
  ['something else', sequence(der(contextTag(2), base))],
  ['a minimum', sequence(der(contextTag(0), sequence(mail('corp.test'), der(0x80, Buffer.from([1])))))],
  ['a maximum', sequence(der(contextTag(0), sequence(mail('corp.test'), der(0x81, Buffer.from([9])))))],
  ['a base that is missing', sequence(der(contextTag(0), sequence()))],
  ['no sequence', oid('1.2.3')],
]
test.each(malformed)('constraints with %s bind nobody to anything, and are refused', async (_, value) => {
  expect(await below(extension('2.5.29.30', value), [])).toMatch(/^wrong-card: /)
})
