import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { array, assert, constantFrom, property, record, string, tuple } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readSubject } from '#server/factors/smartcard/subject.ts'
import { der, tags } from '#server/factors/smartcard/x509/der.ts'
import { nameText, subjectTextOf } from '#server/factors/smartcard/x509/name-string.ts'
import { logTo } from '#server/operator/log.ts'
import { importPeople } from '#server/people/import.ts'
import { Authority, cardExtensions, folderForAll } from '../pki.ts'
import { anchorOf, certificateIn, outcomeOf, serverWithCards, withCards } from './card-server.ts'

// A national identity card is linked by its subject, as the tools of its operator print it (RFC 4514 §2.4 and §3).

const folder = folderForAll()
const authority = await Authority.root(folder, 'Citizens')
const subject = '/C=EE/O=Üniversity, Inc/CN=LOVELACE,ADA,36001019906/SN=LOVELACE/GN=ADA/serialNumber=PNOEE-36001019906'
const [card, several] = await Promise.all([
  authority.issue({ subject }),
  authority.issue({ subject: '/C=DE/CN=Ada+serialNumber=123+GN=Ada+SN=Lovelace' }),
])
const printed = (file: string, ...options: readonly string[]) =>
  execFileSync('openssl', ['x509', '-in', file, '-noout', '-subject', ...options], { encoding: 'utf8' })
    .replace('subject=', '')
    .trim()
const openssl = (file: string) => printed(file, '-nameopt', 'RFC2253')
const lines: string[] = []
const cards = await serverWithCards(
  folder,
  await anchorOf(folder, authority, 'citizens', 'binding: subject'),
  withCards({
    ada: {
      Card: `subject citizens ${openssl(card.certificate)}`,
      Several: `subject citizens ${openssl(several.certificate)}`,
    },
    grace: {},
  }),
  undefined,
  logTo('info', { write: (line: string) => void lines.push(line) }),
)

async function imported(written: string): Promise<string> {
  const file = join(folder, 'people.yaml')
  const authenticators = [{ factor: 'smartcard', label: 'Card', secret: `subject citizens ${written}` }]
  writeFileSync(file, JSON.stringify([{ username: 'mary', password: 'a quiet gallery of lamps', authenticators }]))
  const { store } = cards.server.app.context
  try {
    await importPeople(store, file, () => new Date())
  } catch (error) {
    return String(error).replace(/^.*people\.yaml/s, '')
  }
  const [{ id } = { id: '' }] = [await store.people.byName('mary')].flatMap((one) => one ?? [])
  const [one] = await store.authenticators.list(id, 'smartcard')
  return one?.handle ?? 'nothing'
}

test('a card signs its holder in, linked by the subject as OpenSSL prints it', async () => {
  expect(openssl(card.certificate)).toContain('GN=ADA,SN=LOVELACE')
  expect(openssl(card.certificate)).toContain('\\C3\\9Cniversity\\, Inc')
  expect(await outcomeOf(cards, 'ada', card)).toBe('done')
  expect(await outcomeOf(cards, 'ada', several)).toBe('done')
})

describe('a subject is imported in the one form that cards have', () => {
  const known = 'serialNumber=PNOEE-36001019901,2.5.4.42=ADA,2.5.4.4=LOVELACE,CN=LOVELACE\\,ADA,O=Ünion\\, Inc,C=EE'
  const hex = (tag: number, text: string) => `#${der(tag, Buffer.from(text)).toString('hex')}`
  const forms: readonly (readonly [string, string])[] = [
    [
      'as OpenSSL prints it',
      'serialNumber=PNOEE-36001019901,GN=ADA,SN=LOVELACE,CN=LOVELACE\\,ADA,O=\\C3\\9Cnion\\, Inc,C=EE',
    ],
    [
      'as Java prints it (RFC2253)',
      `2.5.4.5=${hex(0x13, 'PNOEE-36001019901')},2.5.4.42=${hex(tags.utf8, 'ADA')},2.5.4.4=${hex(0x13, 'LOVELACE')},CN=LOVELACE\\,ADA,O=Ünion\\, Inc,C=EE`,
    ],
    [
      'as Java prints it (RFC1779)',
      'OID.2.5.4.5=PNOEE-36001019901, OID.2.5.4.42=ADA, OID.2.5.4.4=LOVELACE, CN="LOVELACE,ADA", O="Ünion, Inc", C=EE',
    ],
    [
      'as Java prints it (toString)',
      'SERIALNUMBER=PNOEE-36001019901, GIVENNAME=ADA, SURNAME=LOVELACE, CN="LOVELACE,ADA", O="Ünion, Inc", C=EE',
    ],
    [
      'in lower case, with semicolons and numbers',
      '2.5.4.5=PNOEE-36001019901; givenName=ADA; sn=LOVELACE; cn=LOVELACE\\2CADA;o=Ünion\\2c Inc ;c=EE',
    ],
    ['as it is kept', known],
  ]
  test.for(forms)('%s', async ([, written]) => {
    expect(await imported(written)).toBe(`subject citizens ${known}`)
  })
  test('the pairs of one part in the order that DER has them', () => {
    const kept = subjectTextOf(certificateIn(several.certificate))
    for (const written of [
      'CN=Ada+serialNumber=123+GN=Ada+SN=Lovelace,C=DE',
      'SN=Lovelace + GN=Ada + SERIALNUMBER=123 + CN=Ada, C=DE',
    ])
      expect(readSubject(written)).toBe(kept)
  })
  test('what was written in one form is read as the same in it', () => {
    const pair = record({
      type: constantFrom('2.5.4.3', '2.5.4.42', '1.2.840.113549.1.9.1', '2.999.1'),
      text: string({ unit: 'grapheme' }).filter((text) => !/\p{Cc}/u.test(text) && text.isWellFormed()),
    })
    const names = array(tuple(pair), { minLength: 1, maxLength: 4 })
    assert(property(names, (name) => readSubject(nameText(name)) === nameText(name)))
  })
})

test('what is no subject is refused with its place, and so is what no card could be known by', async () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['CN=Ada,XY=1', /character 8 \("XY=1"\): there is no attribute type "XY"/],
    ['CN=Ada,', /character 8: here stands no attribute type/],
    ['/C=EE/CN=Ada', /character 1 \("\/C=EE\/CN=Ada"\): here stands no attribute type/],
    ['C = EE, CN = Ada', /character 2 \(" = EE, CN = "\): here stands no "="; print/],
    ['CN=Ada "the first"', /character 8 \(""the first""\): a separator is missing/],
    ['CN="Ada', /character 4 \(""Ada"\): a separator is missing/],
    ['CN=Ada\\', /character 7 \("\\"\): a separator is missing/],
    ['C=EE,CN=Ada\\q', /character 9 \("Ada\\q"\): no card is known by such a value/],
    ['CN=\\C3\\28', /character 4 .*no card is known by such a value/],
    ['CN=Ada\\00', /character 4 .*no card is known by such a value/],
    ['CN=#zz', /character 4 \("#zz"\): behind # stands a value in hexadecimal/],
    ['2.5.4.3=#0c05416461', /character 9 .*no card is known by such a value/],
    ['2.5.4.3=#1e0400410064', /character 9 .*no card is known by such a value/],
    ['2.05.4=x', /character 4 .*here stands no "="/],
  ]
  for (const [written, message] of wrong) {
    const answer = await imported(written)
    expect(answer).toMatch(/^:\d+:\d+: The subject is not understood at /)
    expect(answer).toMatch(message)
  }
})

test('the log says what an unlinked card is called, by each binding', async () => {
  const mail = [...cardExtensions, 'subjectAltName=email:eve@corp.test']
  const stranger = await authority.issue({ subject: '/C=EE/GN=EVE', extensions: mail })
  lines.length = 0
  expect(await outcomeOf(cards, 'ada', stranger)).toBe('unlinked-card')
  const noted = lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'a card is linked to nobody')
  expect(noted).toMatchObject({
    anchor: 'citizens',
    binding: 'subject',
    names: {
      key: expect.stringMatching(/^key [\w-]{43}$/),
      certificate: expect.stringMatching(/^certificate [\w-]{43} [0-9a-f]+$/),
      email: 'email citizens eve@corp.test',
      subject: 'subject citizens 2.5.4.42=EVE,C=EE',
    },
  })
  expect(await imported(noted.names.subject.replace('subject citizens ', ''))).toBe(noted.names.subject)
  lines.length = 0
  expect(await outcomeOf(cards, 'ada', card)).toBe('done')
  expect(lines.join('')).not.toContain('linked to nobody')
})
