import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { type Config, loadConfig } from '#server/config/load.ts'
import { BadFile } from '#server/operator/yaml-file.ts'
import { meaningOf } from '#shared/acr/index.ts'
import { satisfied } from '#shared/acr/meaning.ts'
import type { FactorId } from '#shared/factors/table.ts'
import { file, folder, sallyport } from '../cli/run.ts'
import { proven } from '../policy/fixtures.ts'

// What a policy file can say, and how each kind of mistake in one is told: in one sentence, with its place.

const inside = folder()
const load = (yaml: string): Config => loadConfig(file(inside, 'sallyport.yaml', yaml))
function faultsOf(yaml: string): string {
  try {
    load(yaml)
    return ''
  } catch (error) {
    if (error instanceof BadFile) return error.message.replaceAll(`${inside}/sallyport.yaml:`, '')
    throw error
  }
}

const good = `groups: [staff, contractors]
default_policy: staff
acr:
  aliases: { urn:x:strong: urn:sallyport:acr:mfa, urn:x:other: urn:x:strong }
  vocabulary: { urn:x:app: { factors: [otp] }, urn:x:gold: { factors: [totp], level: urn:sallyport:acr:mfa } }
policies:
  staff:
    rules:
      - name: outside
        when: { groups: [contractors], not: { networks: [192.0.2.0/24] } }
        then: deny
      - name: night
        when: { times: { zone: Europe/Berlin, days: [sat, sun], hours: ['22:00-06:00'] } }
        then: { primary: [password, { oneOf: [totp, passkey] }], secondary: [{ passkey: { uv: required } }] }
      - name: known
        when: { any: [{ browser: known }, { authenticator: { of: [otp], olderThan: 7d } }], clients: [wiki] }
        then: allow
      - name: everyone
        then: { primary: [password, totp] }
clients:
  wiki: { client_name: Wiki, redirect_uris: [https://wiki.example.test/callback] }
  shop: { client_name: Shop, redirect_uris: [https://shop.example.test/callback], policy: staff }
`
const withThe = (right: string, wrong: string) => {
  if (!good.includes(right)) throw new Error(`There is no ${right}.`)
  return good.replace(right, wrong)
}

test('a good file has no fault, and clients that name no policy have the default one', () => {
  expect(faultsOf(good)).toBe('')
  const { clients } = load(good)
  expect(clients.get('wiki')?.clientRules.policy.name).toBe('staff')
  expect(clients.get('wiki')?.policyHash).toBe(clients.get('shop')?.policyHash)
})

describe('one mistake is one fault', () => {
  test.each<[string, string, RegExp]>([
    ['syntax', withThe('[password, totp] }\n', '[password, totp }\n'), /^\d+:\d+: Flow/],
    [
      'a condition of nothing',
      withThe('{ groups: [contractors], not: { networks: [192.0.2.0/24] } }', '{}'),
      /^10:9: A condition needs at least one key.$/,
    ],
    [
      'a condition of not nothing',
      withThe('{ networks: [192.0.2.0/24] }', '{}'),
      /^10:\d+: A condition needs at least/,
    ],
    ['one of nothing', withThe('[{ browser: known }, ', '[{}, '), /^16:\d+: A condition needs at least one key.$/],
    ['an unknown demand', withThe('uv: required', 'uv: always'), /^14:\d+: Invalid option: expected one of "required"/],
    [
      'no policy and no default',
      withThe('default_policy: staff\n', ''),
      /^20:3: "policy" is missing here, and there is no default_policy.$/,
    ],
    ['an acr that is ours', withThe('urn:x:app:', 'phr:'), /^5:\d+: There is an acr value "phr" already.$/],
    [
      'acr values in a circle',
      withThe('urn:x:strong: urn:sallyport:acr:mfa', 'urn:x:strong: urn:x:other'),
      /^4:\d+: This acr value leads back to itself: urn:x:strong → urn:x:other → urn:x:strong.$/,
    ],
    [
      'a condition in a circle',
      withThe('not: { networks: [192.0.2.0/24] }', 'not: &knot { not: *knot }'),
      /^10:\d+: "\*knot" stands within itself.$/,
    ],
    [
      'an anchor that is not there',
      withThe('not: { networks: [192.0.2.0/24] }', 'not: *office'),
      /^10:\d+: There is no anchor "&office" before this.$/,
    ],
    [
      'two rules of one name',
      withThe('name: known', 'name: night'),
      /^15:9: There is a rule "night" in this policy already.$/,
    ],
    ['two policies of one name', withThe('clients:\n', '  staff: { rules: [] }\nclients:\n'), /unique/],
    ['wrong hours', withThe('22:00-06:00', '22-6'), /^13:\d+: Hours are written as 08:00-18:00/],
    ['hours of no length', withThe('22:00-06:00', '22:00-22:00'), /^13:\d+: Hours are written as/],
    ['a wrong day', withThe('[sat, sun]', '[sat, sunday]'), /^13:\d+: Invalid option: expected one of "mon"/],
    [
      'times of nothing',
      withThe(", days: [sat, sun], hours: ['22:00-06:00']", ''),
      /^13:\d+: Times need days, hours, or both.$/,
    ],
    [
      'an age that is none',
      withThe('olderThan: 7d', 'olderThan: 7 days'),
      /^16:\d+: A duration is a number and a unit/,
    ],
    [
      'two ages',
      withThe('olderThan: 7d', 'olderThan: 7d, youngerThan: 8d'),
      /^16:\d+: An authenticator is looked for by/,
    ],
    ['a network that is none', withThe('192.0.2.0/24', '192.0.2'), /^10:\d+: A network is written as/],
    ['an empty flow', withThe('primary: [password, totp]', 'primary: []'), /^19:17: A flow needs at least one step.$/],
    [
      'a rule that gives nothing',
      withThe('then: allow', 'then: alow'),
      /^17:9: A rule gives flows, \{ primary: \[...\] \}, or says deny or allow.$/,
    ],
    [
      'a bomb',
      `a: &a [${'x,'.repeat(99)}]\nb: &b [${'*a,'.repeat(99)}]\nc: [${'*b,'.repeat(99)}]\n${good}`,
      /^\d+:\d+: This file stands for far more than it says.$/,
    ],
    [
      'networks without proxies',
      `issuer: https://id.example.test\n${good}`,
      /^11:\d+: Where requests come from is known only behind proxies/,
    ],
  ])('%s', (_name, yaml, expected) => {
    const faults = faultsOf(yaml)
    expect(faults).toMatch(expected)
    expect(faults.split('\n')).toHaveLength(1)
  })

  test.each<[string, string, string, string, string, string]>([
    ['an unknown key', 'not: {', 'nott: {', '10:40', 'setting "nott" here', 'not'],
    ['an unknown key in a step', 'oneOf:', 'anyOf:', '14:39', 'setting "anyOf" here', 'oneOf'],
    ['an unknown demand of a factor', 'uv: required', 'uw: required', '14:91', 'setting "uw" here', 'uv'],
    [
      'an unknown key in what a rule gives',
      'primary: [password, totp]',
      'primry: [password, totp]',
      '19:17',
      'setting "primry" here',
      'primary',
    ],
    [
      'an unknown factor in how long a proof counts',
      '    rules:',
      '    reuse: { pasword: 1h }\n    rules:',
      '8:14',
      'setting "pasword" here',
      'password',
    ],
    [
      'an unknown class in what must be fresh',
      'primary: [password, totp]',
      'primary: [password, totp], fresh: { opt: 1m }',
      '19:53',
      'setting "opt" here',
      'otp',
    ],
    ['an unknown key in a leaf', 'zone:', 'zones:', '13:26', 'setting "zones" here', 'zone'],
    ['an unknown group', 'groups: [contractors]', 'groups: [contractor]', '10:26', 'group "contractor"', 'contractors'],
    ['an unknown client', 'clients: [wiki]', 'clients: [wikki]', '16:103', 'client "wikki"', 'wiki'],
    ['an unknown factor', '[totp, passkey]', '[totp, passky]', '14:53', 'factor or class "passky"', 'passkey'],
    ['an unknown factor in a condition', 'of: [otp]', 'of: [opt]', '16:67', 'factor or class "opt"', 'otp'],
    ['an unknown policy', 'policy: staff }', 'policy: stuff }', '22:83', 'policy "stuff"', 'staff'],
    ['an unknown default', 'default_policy: staff', 'default_policy: stuff', '2:1', 'policy "stuff"', 'staff'],
    [
      'an unknown acr',
      'urn:sallyport:acr:mfa, ',
      'urn:sallyport:acr:mfaa, ',
      '4:14',
      'acr value "urn:sallyport:acr:mfaa"',
      'urn:sallyport:acr:mfa',
    ],
    ['a wrong time zone', 'Europe/Berlin', 'Europe/Berln', '13:26', 'time zone "Europe/Berln"', 'Europe/Berlin'],
  ])('%s', (_name, right, wrong, at, what, meant) => {
    expect(faultsOf(withThe(right, wrong))).toBe(`${at}: There is no ${what}. Did you mean "${meant}"?`)
  })
})

test('an operator’s acr values: other names, also of other names, factors, and a level with factors', () => {
  const vocabulary = load(good).clients.get('shop')?.clientRules.vocabulary ?? {}
  const met = (value: string, ...factors: FactorId[]) => {
    const meaning = meaningOf(value, vocabulary)
    return (
      meaning &&
      satisfied(
        meaning,
        factors.map((factor) => proven(factor)),
        0,
      )
    )
  }
  for (const name of ['urn:x:strong', 'urn:x:other'])
    expect([met(name, 'password'), met(name, 'password', 'grid')]).toEqual([false, true])
  expect([met('urn:x:app', 'grid'), met('urn:x:app', 'sms')]).toEqual([true, false])
  expect([met('urn:x:gold', 'totp'), met('urn:x:gold', 'password', 'sms')]).toEqual([false, false])
  expect(met('urn:x:gold', 'password', 'totp')).toBe(true)
})

test('the schema that is published takes what we take, and no word that we do not', async () => {
  const schema = z.fromJSONSchema(JSON.parse((await sallyport(['config', 'schema'])).out))
  const takes = (yaml: string) => schema.safeParse(parse(yaml)).success
  expect(takes(good)).toBe(true)
  for (const [right, wrong] of [
    ['not: {', 'nott: {'],
    ['olderThan', 'olderthan'],
    ['browser: known', 'browser: new'],
    ['[sat, sun]', '[sat, sunday]'],
    ['22:00-06:00', '22-6'],
    ['[totp, passkey]', '[totp, passky]'],
    ['of: [otp]', 'of: [opt]'],
    ['192.0.2.0/24', '192.0.2'],
    ['then: allow', 'then: alow'],
    ['primary: [password, totp]', 'primary: []'],
    ['default_policy', 'defaultPolicy'],
    ['level: urn', 'level: none:urn'],
  ] as const)
    expect([wrong, takes(withThe(right, wrong))]).toEqual([wrong, false])
})
