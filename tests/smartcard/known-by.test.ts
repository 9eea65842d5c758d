import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { fingerprintOf } from '#server/factors/smartcard/x509/certificate.ts'
import { der } from '#server/factors/smartcard/x509/der.ts'
import { Authority, cardExtensions, folderForAll, type Wanted } from '../pki.ts'
import { anchorOf, certificateIn, keyOf, outcomeOf, serverWithCards, withCards } from './card-server.ts'

// A card is whose its issuer's binding says it is: the one field that is read, read exactly, and nothing that looks like it.

const folder = folderForAll()
const names = ['keys', 'numbers', 'upns', 'mails', 'subjects'] as const
const [keys, numbers, upns, mails, subjects] = (await Promise.all(
  names.map((name) => Authority.root(folder, name)),
)) as [Authority, Authority, Authority, Authority, Authority]

const [adas, graces, numbered, high] = await Promise.all([
  keys.issue(),
  keys.issue({ subject: '/CN=Grace Hopper' }),
  numbers.issue(),
  numbers.issue({ serial: 'F1AB' }),
])
const { x509, issuer } = certificateIn(numbered.certificate)
const printed = execFileSync('openssl', ['x509', '-in', high.certificate, '-noout', '-serial'], { encoding: 'utf8' })
const people = withCards({
  ada: {
    Badge: keyOf(adas),
    Numbered: `certificate ${fingerprintOf(issuer)} ${x509.serialNumber}`,
    High: `certificate ${fingerprintOf(issuer)} ${printed.replace('serial=', '').trim()}`,
    Upn: 'upn upns Ada@Corp.test',
    Mail: 'email mails ada@corp.test',
    Subject: 'subject subjects CN=Ada\\, the first,O=Harbour',
  },
  grace: { Badge: keyOf(graces), Upn: 'upn upns admin@corp.test' },
})
const anchors = await Promise.all([
  anchorOf(folder, keys, 'keys'),
  anchorOf(folder, numbers, 'numbers', 'binding: certificate'),
  anchorOf(folder, upns, 'upns', 'binding: upn'),
  anchorOf(folder, mails, 'mails', 'binding: email'),
  anchorOf(folder, subjects, 'subjects', 'binding: subject'),
])
const cards = await serverWithCards(folder, anchors.join('\n'), people)

describe('what a card is known by', () => {
  const extensions = (...lines: readonly string[]) => ({ extensions: [...cardExtensions, ...lines] })
  const upn = (...all: readonly string[]) =>
    extensions('subjectAltName=@alt', '[alt]', ...all.map((one, at) => `otherName.${at}=1.3.6.1.4.1.311.20.2.3;${one}`))
  /** As OpenSSL would not write it. */
  const raw = (tag: number, text: string) => {
    const oid = der(0x06, Buffer.from('2b060104018237140203', 'hex'))
    const name = der(0xa0, oid, der(0xa0, der(tag, Buffer.from(text))))
    return extensions(`subjectAltName=DER:${der(0x30, name).toString('hex')}`)
  }
  const cases: readonly (readonly [string, Authority, Wanted, string, string?])[] = [
    ['its UPN', upns, upn('UTF8:ada@corp.test'), 'done'],
    ['its UPN, in capitals', upns, upn('UTF8:ADA@CORP.TEST'), 'done'],
    ['no UPN', upns, {}, 'wrong-card'],
    ['two UPNs', upns, upn('UTF8:ada@corp.test', 'UTF8:admin@corp.test'), 'wrong-card'],
    ['the same UPN twice', upns, upn('UTF8:ada@corp.test', 'UTF8:ada@corp.test'), 'wrong-card'],
    [
      'a UPN with another one inside',
      upns,
      raw(0x0c, 'eve@corp.test, othername:UPN:admin@corp.test'),
      'wrong-card',
      'grace',
    ],
    ['a UPN with a NUL inside', upns, raw(0x0c, 'ada@corp.test\0.evil.test'), 'wrong-card'],
    ['a UPN with a NUL at its end', upns, raw(0x0c, 'ada@corp.test\0'), 'wrong-card'],
    ['a UPN in another kind of text', upns, raw(0x16, 'ada@corp.test'), 'wrong-card'],
    ['a UPN that only looks like hers', upns, raw(0x0c, 'аda@corp.test'), 'unlinked-card'],
    ['an e-mail address in place of a UPN', upns, extensions('subjectAltName=email:ada@corp.test'), 'wrong-card'],
    ['a UPN of another issuer', keys, upn('UTF8:ada@corp.test'), 'unlinked-card'],
    ['somebody else’s UPN', upns, upn('UTF8:admin@corp.test'), 'others-card'],
    ['its e-mail address', mails, extensions('subjectAltName=email:ada@corp.test'), 'done'],
    ['two e-mail addresses', mails, extensions('subjectAltName=email:ada@corp.test,email:eve@corp.test'), 'wrong-card'],
    ['an e-mail address in the subject', mails, { subject: '/CN=x/emailAddress=ada@corp.test' }, 'wrong-card'],
    ['its subject', subjects, { subject: '/O=Harbour/CN=Ada, the first' }, 'done'],
    ['a subject in another order', subjects, { subject: '/CN=Ada, the first/O=Harbour' }, 'unlinked-card'],
    ['a subject that reads like it', subjects, { subject: '/CN=Ada\\, the first,O=Harbour' }, 'unlinked-card'],
    ['its key in a new certificate', keys, { keyFile: adas.key }, 'done'],
    ['its key in a certificate of another number', numbers, { keyFile: numbered.key }, 'unlinked-card'],
  ]
  test.for(cases)('%s', async ([, authority, wanted, expected, username = 'ada']) => {
    expect(await outcomeOf(cards, username, await authority.issue(wanted))).toBe(expected)
  })
  test('its issuer and number', async () => {
    expect(x509.serialNumber.length).toBeGreaterThan(8)
    expect(await outcomeOf(cards, 'ada', numbered)).toBe('done')
    expect(printed).toBe('serial=F1AB\n')
    expect(await outcomeOf(cards, 'ada', high)).toBe('done')
  })
})
