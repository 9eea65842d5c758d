import { expect, test } from 'vitest'
import { loadConfig } from '#server/config/load.ts'
import { BadFile } from '#server/operator/yaml-file.ts'
import { file, folder } from '../cli/run.ts'
import { plain as good } from '../people/people.ts'

// What is wrong with a configuration is told with its file, line and column, and with what was meant.

function refusalOf(yaml: string): string {
  try {
    loadConfig(file(folder(), 'sallyport.yaml', yaml))
    return 'none'
  } catch (error) {
    if (error instanceof BadFile) return error.message
    throw error
  }
}

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
  ['a missing setting', good.replace('    client_name: Harbour Payroll\n', ''), /:8:3: "client_name" is missing here/],
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
])('%s', (_name, yaml, expected) => expect(refusalOf(yaml)).toMatch(expected))
