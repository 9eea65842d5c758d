import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '#server/config/load.ts'
import { Authority, folderForAll } from '../pki.ts'
import { makeList, pemOf } from './list-maker.ts'

const folder = folderForAll()
const root = await Authority.root(folder, 'root')
const leaf = await root.issue()
const revocation = 'revocation: { hosts: [crl.example.test] }'
const tls = `tls: { certificate: ${leaf.certificate}, key: { file: ${leaf.key} } }`

function faultsOf(card: string): string {
  const file = join(folder, 'sallyport.yaml')
  writeFileSync(file, `policies: {}\nclients: {}\ncard:\n${card.replace(/^/gm, '  ')}\n`)
  try {
    loadConfig(file)
    return 'none'
  } catch (error) {
    return String(error).replaceAll(`${folder}/`, '')
  }
}
const written = (anchor: string, ends = tls, origin = 'https://card.example.test:4443') =>
  `origin: ${origin}\nlisten: { port: 4443 }\n${ends}\nanchors:\n  - ${anchor}`
const anchor = (certificates: string, more = revocation) => `{ name: staff, certificates: ${certificates}, ${more} }`

test('a card host is read with its files, and what is wrong is said where it stands', () => {
  const good = anchor(root.self.certificate)
  expect(faultsOf(written(good))).toBe('none')
  expect(faultsOf(written(good, `${tls}\npolicies: [2.16.840.1.101.3.2.1.48.1]`))).toBe('none')
  const eids = 'purposes: [clientAuth, smartcardLogon, anyExtendedKeyUsage, absent, 2.16.840.1.101.3.6.8]'
  expect(faultsOf(written(anchor(root.self.certificate, `${revocation}, ${eids}`)))).toBe('none')
  expect(faultsOf(written(good, 'proxy: { networks: [10.0.0.1/32], secret: shared }'))).toBe('none')
  const cases: readonly (readonly [string, string])[] = [
    [written(anchor('absent.pem')), 'This file cannot be read (ENOENT).'],
    [written(anchor(leaf.certificate)), 'In this file stand the certificates of authorities (PEM), and nothing else.'],
    [written(anchor(root.self.certificate, 'revocation: {}')), 'Nobody can say whether a card is revoked'],
    [written(anchor(root.self.certificate, 'revocation: { hosts: ["http://x"] }')), 'A host is written as'],
    [written(good, tls.replace(leaf.key, root.self.key)), 'These are no certificate (PEM) and its private key.'],
    [written(good, tls.replace(leaf.certificate, leaf.key)), 'These are no certificate (PEM) and its private key.'],
    [written(good, ''), 'TLS ends here (tls) or at a proxy (proxy).'],
    [written(good, `${tls}\nproxy: { networks: [10.0.0.1/32], secret: shared }`), 'TLS ends here (tls)'],
    [written(good, 'proxy: { networks: [0.0.0.0/0], secret: shared }'), 'every address there is'],
    [written(anchor(root.self.certificate, `${revocation}, purposes: []`)), 'Too small'],
    [
      written(anchor(root.self.certificate, `${revocation}, purposes: [signing]`)),
      'A purpose is clientAuth, smartcardLogon',
    ],
    [written(good, `${tls}\npolicies: [gold]`), 'An object identifier is written as'],
    [written(good, `${tls}\npolicies: [3.1.2]`), 'An object identifier is written as'],
    [written(good, tls, 'http://card.example.test'), 'This is https'],
    [written(good, tls, 'https://card.example.test/'), 'This is https'],
  ]
  for (const [text, message] of cases) {
    expect(faultsOf(text)).toContain(message)
    expect(faultsOf(text)).toMatch(/sallyport\.yaml:\d+:\d+: /)
  }
})

test('a revocation list that cannot be used is an error, with its name and what is wrong', async () => {
  const list = await root.list(join(folder, 'good.crl'))
  const der = makeList(root.self)
  writeFileSync(join(folder, 'good.der'), der)
  const [pem] = [readFileSync(list, 'utf8')]
  writeFileSync(join(folder, 'both.crl'), `# two lists\n${pem}${pemOf(der)}`)
  writeFileSync(join(folder, 'junk.crl'), 'junk')
  writeFileSync(join(folder, 'cut.crl'), der.subarray(0, -1))
  writeFileSync(join(folder, 'half.crl'), `${pem}${pemOf(der.subarray(0, -1))}`)
  writeFileSync(join(folder, 'version.crl'), makeList(root.self, { version: 2 }))
  const naming = (...files: readonly string[]) =>
    faultsOf(written(anchor(root.self.certificate, `revocation: { lists: [${files.join(', ')}] }`)))
  expect(naming('good.crl', 'good.der', 'both.crl')).toBe('none')
  for (const [file, why] of [
    ['absent.crl', 'cannot be read (ENOENT)'],
    ['junk.crl', 'cannot be used as a revocation list: no revocation list in PEM or DER'],
    ['cut.crl', 'cannot be used as a revocation list: an element that is longer'],
    ['half.crl', 'cannot be used as a revocation list: an element that is longer'],
    ['version.crl', 'cannot be used as a revocation list: a list of an unknown version'],
  ] as const)
    expect(naming('good.crl', file)).toMatch(
      new RegExp(`sallyport\\.yaml:\\d+:\\d+: ${`${file} ${why}`.replace(/[().]/g, '\\$&')}`),
    )
})

test('a step that only a card can pass needs a card host; one that something else can pass does not', () => {
  const file = join(folder, 'policies.yaml')
  const faultsIn = (steps: string, more = '') => {
    const client = 'clients: { one: { client_name: One, redirect_uris: [/callback], policy: p } }'
    writeFileSync(file, `policies: { p: { rules: [{ name: r, then: { primary: ${steps} } }] } }\n${client}\n${more}`)
    try {
      loadConfig(file)
      return 'none'
    } catch (error) {
      return String(error)
    }
  }
  expect(faultsIn('[password, smartcard]')).toContain('without a card host: configure `card`.')
  expect(faultsIn('[password, possession]')).toBe('none')
  expect(faultsIn('[password, smartcard]', 'bench: { people: people.yaml, cards: true }')).toBe('none')
})
