import { describe, expect, test } from 'vitest'
import { demo, nowhere } from '../people/people.ts'
import { Authority } from '../pki.ts'
import { file, folder, sallyport } from './run.ts'

const good = demo(nowhere)
  .replace('bench: { people: people.yaml }\n', '')
  .replace(/attempts: .*\n/, '')
const check = (yaml: string, env: Record<string, string> = {}) => {
  const path = file(folder(), 'sallyport.yaml', yaml)
  return sallyport(['config', 'check', '--config', path], env)
}

describe('a broken configuration is told with file, line and column', () => {
  test.each([
    [
      'an unknown key',
      good.replace("redirect_uris: ['http://localhost:4999", "redirect_uri: ['http://localhost:4999"),
      /sallyport\.yaml:10:5: There is no setting "redirect_uri" here\. Did you mean "redirect_uris"\?/,
    ],
    [
      'an unknown key at the top',
      `polices: {}\n${good}`,
      /:1:1: There is no setting "polices" here\. Did you mean "policies"\?/,
    ],
    [
      'a wrong type',
      good.replace('client_name: Harbour Payroll', 'client_name: 7'),
      /:9:5: .*expected string, received number/,
    ],
    [
      'a missing setting',
      good.replace('    client_name: Harbour Payroll\n', ''),
      /:8:3: "client_name" is missing here/,
    ],
    [
      'a missing policy',
      good.replace(/policy: staff/, 'policy: staf'),
      /:13:5: There is no policy "staf"\. Did you mean "staff"\?/,
    ],
    [
      'a missing dialect',
      `${good}    dialect: onportal\n`,
      /There is no dialect "onportal"\. Did you mean "oneportal"\?/,
    ],
    [
      'a dialect that there is already',
      `${good}dialects: { sta: { words: {} } }\n`,
      /:\d+:13: There is a dialect "sta" already\./,
    ],
    [
      'a country in small letters',
      `${good}sms: { countries: [ch] }\n`,
      /:\d+:20: A country has two capital letters \(ISO 3166-1\): CH\./,
    ],
    [
      'texts into an outbox that nobody sees',
      `${good}sms: { countries: [CH] }\n`,
      /:\d+:1: The outbox is the bench’s, which is off: name a gateway\./,
    ],
    [
      'a gateway whose rule cannot be read',
      `${good}sms: { countries: [CH], sender: { http: { url: 'https://gw.example.test', sent: '(' } } }\n`,
      /:\d+:\d+: This is no regular expression\./,
    ],
    [
      'a gateway that is nowhere',
      `${good}sms: { countries: [CH], sender: { http: { url: 'gw.example.test', sent: '^0' } } }\n`,
      /:\d+:\d+: This is no http\(s\) address\./,
    ],
    [
      'a scope of ours',
      `${good}scopes: { profile: { title: { attribute: title } } }\n`,
      /:\d+:11: There is a scope "profile" already\./,
    ],
    [
      'a claim of ours',
      `${good}scopes: { work: { acr: { attribute: title } } }\n`,
      /:\d+:19: There is a claim "acr" already\./,
    ],
    [
      'an API that there is not',
      `${good}    resources: ['https://api.example.test']\n`,
      /There is no resource "https:\/\/api\.example\.test"\./,
    ],
    [
      'introspection of what is verified by the API itself',
      `${good}resources:
  https://api.example.test: { scopes: [read], introspection: { client_id: api, client_secret: a secret of the API alone } }\n`,
      /:\d+:47: A JWT is verified by the API itself: introspection needs access_token: opaque\./,
    ],
    [
      'an unknown factor',
      good.replace('[password]', '[pasword]'),
      /:6:\d+: There is no factor or class "pasword"\. Did you mean "password"\?/,
    ],
    [
      'a factor that is not built yet',
      good.replace('[password]', '[password, kerberos]'),
      /:5:9: Nobody can sign in with the factor "kerberos" in this version\./,
    ],
    ['an empty flow', good.replace('[password]', '[]'), /:6:\d+: A flow needs at least one step/],
    ['broken YAML', good.replace('policies:', 'policies: ['), /:\d+:\d+: /],
    ['a key twice', good.replace('    policy: staff\n', '    policy: staff\n    policy: staff\n'), /:14:5: .*unique/],
    ['an issuer that is none', `issuer: https://[bad\n${good}`, /:1:1: The issuer is an origin/],
    [
      'an address with a fragment',
      good.replace("4999/callback'", "4999/callback#x'"),
      /:10:21: This must be an http\(s\) address/,
    ],
    [
      'an address without a scheme',
      good.replace("'http://localhost:4999/callback'", '//evil/cb'),
      /:10:21: This must be/,
    ],
    [
      'a secret that is not used',
      good.replace('    client_secret:', '    token_endpoint_auth_method: none\n    client_secret:'),
      /:17:5: A client with a secret/,
    ],
    [
      'a method without a secret',
      good.replace('    policy: staff', '    policy: staff\n    token_endpoint_auth_method: client_secret_basic'),
      /:14:5: A client with a secret/,
    ],
    ['a limit that is switched off', `attempts: { disable_after: 0 }\n${good}`, /:1:13: Too small/],
    [
      'more failures than NIST allows',
      `attempts: { disable_after: 101 }\n${good}`,
      /:1:13: Too big: expected number to be <=100/,
    ],
    [
      'a wait that is none',
      `attempts: { longest_wait: 15 minutes }\n${good}`,
      /:1:13: A duration is a number and a unit/,
    ],
    ['a wait that is too short', `attempts: { longest_wait: 5s }\n${good}`, /:1:13: .* between 1m and 24h/],
    [
      'failures that are forgotten before the wait is over',
      `attempts: { longest_wait: 1h, forgotten_after: 30m }\n${good}`,
      /:1:31: Failures must not be forgotten before/,
    ],
    [
      'a misspelt limit',
      `attempts: { longest_waits: 1h }\n${good}`,
      /:1:13: There is no setting "longest_waits" here\. Did you mean "longest_wait"\?/,
    ],
    ['a proxy that is no network', `proxies: [proxy.example.test]\n${good}`, /:1:11: A network is written as/],
    ['every address as a proxy', `proxies: [0.0.0.0/0]\n${good}`, /:1:11: This would be every address/],
    ['an issuer with a path', `issuer: https://id.example.test/idp\n${good}`, /:1:1: The issuer is an origin/],
  ])('%s', async (_name, yaml, expected) => {
    const { code, err } = await check(yaml)
    expect(code).toBe(1)
    expect(err).toMatch(expected)
  })

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
  ])('%s', async (_, yaml, message) => {
    const { code, out, err } = await check(yaml)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(message)
    expect(err.trim().split('\n')).toHaveLength(1)
  })
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
