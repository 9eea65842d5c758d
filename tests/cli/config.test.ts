import { describe, expect, test } from 'vitest'
import { configCheck } from '#server/cli/config-check.ts'
import { plain as good } from '../people/people.ts'
import { Authority } from '../pki.ts'
import { file, folder, sallyport } from './run.ts'

const check = (yaml: string, env: Record<string, string> = {}) => {
  const path = file(folder(), 'sallyport.yaml', yaml)
  return sallyport(['config', 'check', '--config', path], env)
}

describe('a broken configuration is told with file, line and column', () => {
  test('all faults at once', async () => {
    const { err } = await check(`polices: {}\n${good.replace('client_name: Harbour Payroll', 'client_name: 7')}`)
    expect(err.trim().split('\n')).toHaveLength(2)
  })

  test('a file that is not there', async () => {
    const { code, err } = await sallyport(['config', 'check', '--config', '/nowhere/at-all.yaml'])
    expect(code).toBe(1)
    expect(err).toContain('/nowhere/at-all.yaml:1:1: This file cannot be read (ENOENT).')
  })
})

test('a card host where Sallyport itself listens is refused, as a start refuses it', async () => {
  const inside = folder()
  const root = await Authority.root(inside, 'root')
  const yaml = `issuer: http://localhost:4443
card:
  origin: https://card.localhost:4443
  listen: { port: 4443 }
  proxy: { networks: [127.0.0.1/32], secret: a secret of the proxy and us alone }
  anchors: [{ name: staff, certificates: ${root.self.certificate}, revocation: { hosts: [crl.example.test] } }]
${good}`
  const { code, err } = await sallyport(['config', 'check', '--config', file(inside, 'sallyport.yaml', yaml)])
  expect([code, err.trim()]).toEqual([
    1,
    'The card host cannot listen on 127.0.0.1:4443: that is where Sallyport does (listen).',
  ])
})

test('the bench’s people are looked at as a start does, each secret too', async () => {
  const inside = folder()
  file(
    inside,
    'people.yaml',
    '- { username: ada, password: short, authenticators: [{ factor: totp, label: A, secret: ABC }] }',
  )
  const yaml = file(inside, 'sallyport.yaml', `bench: { people: people.yaml }\n${good}`)
  const { code, err } = await sallyport(['config', 'check', '--config', yaml])
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(
      /people\.yaml:1:\d+: A password needs .*\n.*people\.yaml:1:\d+: A secret has at least 128 bits/,
    ),
  ])
})

describe('what a start refuses is refused', () => {
  const issuer = `issuer: https://id.example.test\n${good}`
  const keys = (signing: string, storage: string) =>
    `keys: { signing: ${JSON.stringify(signing)}, storage: ${storage} }\n${issuer}`
  const one = (alg: string) => ({ kty: 'EC', crv: 'P-256', alg, d: 'AA', x: 'AA', y: 'AA' })
  test.each([
    [
      'no keys beyond loopback',
      issuer,
      /^https:\/\/id\.example\.test is not on loopback: keys\.signing and keys\.storage must/,
    ],
    ['http beyond loopback', issuer.replace('https:', 'http:'), /the issuer must be https/],
    [
      'the bench beyond loopback',
      `bench: { people: people.yaml }\n${issuer}`,
      /the bench, which shows passwords, must be off/,
    ],
    ['keys that are no JWK Set', keys('no', `${'A'.repeat(43)}=`), /not a JWK Set/],
    ['a storage key that is too short', keys('{"keys":[]}', 'AAAA'), /The storage key must be 32 bytes in base64/],
    ['no signing key', keys('{"keys":[]}', `${'A'.repeat(43)}=`), /no private key with "alg": "ES256"/],
    [
      'a signing key that is none',
      keys(JSON.stringify({ keys: [one('ES256')] }), `${'A'.repeat(43)}=`),
      /not a private JWK/,
    ],
    [
      'a people file that is not there',
      `bench: { people: nobody.yaml }\n${good}`,
      /nobody\.yaml:1:1: This file cannot be read/,
    ],
  ])('%s', (_, yaml, message) =>
    expect(configCheck({ config: file(folder(), 'sallyport.yaml', yaml) })).rejects.toThrow(message),
  )
})

test('a secret comes from a file, from the environment, or from the file that the environment names', async () => {
  const inside = folder()
  file(inside, 'secret.txt', 'the secret of a file alone\n')
  const with_ = (source: string) =>
    file(
      inside,
      'sallyport.yaml',
      good.replace('client_secret: a secret of the lighthouse alone', `client_secret: ${source}`),
    )
  const run = (source: string, env: Record<string, string> = {}) =>
    sallyport(['config', 'check', '--config', with_(source)], env)
  expect((await run('{ file: secret.txt }')).code).toBe(0)
  expect((await run('{ env: LIGHTHOUSE }', { LIGHTHOUSE: 'the secret of a variable' })).code).toBe(0)
  expect((await run('{ env: LIGHTHOUSE }', { LIGHTHOUSE_FILE: `${inside}/secret.txt` })).code).toBe(0)
  expect((await run('{ env: LIGHTHOUSE }')).err).toMatch(/:\d+:\d+: Neither LIGHTHOUSE nor LIGHTHOUSE_FILE is set/)
  expect((await run('{ env: LIGHTHOUSE }', { LIGHTHOUSE: 'x'.repeat(21) })).err).toMatch(
    /:\d+:\d+: This secret needs at least 22 characters: make it with `openssl rand -base64 32`\./,
  )
  file(inside, 'empty.txt', ' \n')
  expect((await run('{ file: empty.txt }')).err).toMatch(/:\d+:\d+: This secret is empty/)
  expect((await run('{ file: nowhere.txt }')).err).toMatch(
    /:\d+:\d+: The file of this secret cannot be read \(ENOENT\)/,
  )
})

test('the schema is JSON Schema, and knows what the configuration knows', async () => {
  const { code, out } = await sallyport(['config', 'schema'])
  expect(code).toBe(0)
  const schema = JSON.parse(out)
  expect(schema.$schema).toContain('json-schema.org')
  expect(Object.keys(schema.properties)).toEqual(
    expect.arrayContaining(['issuer', 'listen', 'store', 'clients', 'policies', 'acr', 'bench']),
  )
  expect(schema.additionalProperties).toBe(false)
})
