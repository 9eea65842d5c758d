import { expect, test } from 'vitest'
import { oneportal } from '#shared/amr/oneportal.ts'
import { rfc8176 } from '#shared/amr/rfc8176.ts'
import type { AuthorizationRequest } from '#shared/authorization-request.ts'
import type { Facts } from '#shared/policy/engine/facts.ts'
import type { Spans } from '#shared/policy/rules/policy.ts'
import { explain } from '#shared/policy/tools/explain.ts'
import { ask, enrolled, facts, flow, proven, rule, termsFor } from './fixtures.ts'

// Every reason by which evidence does not count, and by which a flow stands or falls, each at its own case.

const day = 24 * 3_600_000
const now = 10 * day
const ago = (ms: number) => ({ at: now - ms })

const cases: readonly (readonly [
  string | null,
  Partial<AuthorizationRequest>,
  Partial<Facts>,
  { reuse?: Spans; fresh?: Spans },
])[] = [
  [null, {}, {}, {}],
  ['somebody-else', {}, { account: 'eve' }, {}],
  ['somebody-else', { subject: 'eve' }, {}, {}],
  ['authenticator-gone', {}, { enrolled: enrolled('totp') }, {}],
  ['prompt-login', { fresh: true }, {}, {}],
  ['max-age', { maxAgeSeconds: 1 }, {}, {}],
  ['acr-age', { acrValues: ['urn:sallyport:acr:aal2'] }, { now: now + day }, {}],
  ['reuse', {}, {}, { reuse: { password: 1 } }],
  ['fresh', {}, {}, { fresh: { password: 1 } }],
]

test.each(cases)('evidence: %s (%j, %j, %j)', (discarded, asked, given, { reuse = {}, fresh = {} }) => {
  const password = proven('password', ago(60_000))
  const terms = termsFor([rule([flow('password')], { fresh })])
  const policy = { ...terms.policy, reuse }
  const why = explain({ ...terms, policy }, { ...ask, ...asked }, facts([password], { now, ...given }))
  expect(why.evidence).toEqual([{ id: password.id, factor: 'password', discarded }])
})

test('evidence: never-fresh, proven-again', () => {
  const password = proven('password', { at: now - 1000 })
  const evidence = [{ ...password, id: 'before', at: now - 2000 }, password, proven('kerberos', ago(0))]
  const why = explain(termsFor([rule([flow('password')])]), { ...ask, maxAgeSeconds: 60 }, facts(evidence, { now }))
  expect(why.evidence.map(({ discarded }) => discarded)).toEqual(['proven-again', null, 'never-fresh'])
})

test('flows: kept, narrowed, acr, dialect, not-fresh, not-enrolled, and what is disabled', () => {
  const flows = [flow('password', ['totp', 'sms']), flow('password', 'sms'), flow('passkey'), flow('kerberos', 'sms')]
  const becauseOf = (asked: Partial<AuthorizationRequest>, given: Partial<Facts> = {}, dialect = rfc8176) =>
    explain(termsFor([rule(flows)], { dialect }), { ...ask, ...asked }, facts([proven('password')], given)).flows
  const words = (...given: Parameters<typeof becauseOf>) => becauseOf(...given).map(({ because }) => because)

  expect(words({})).toEqual(['kept', 'kept', 'kept', 'kept'])
  expect(words({ acrValues: ['urn:sallyport:acr:totp'] })).toEqual(['narrowed', 'acr', 'acr', 'acr'])
  expect(words({}, { evidence: [] }, oneportal)).toEqual(['kept', 'kept', 'dialect', 'kept'])
  expect(words({ maxAgeSeconds: 3600 })).toEqual(['kept', 'kept', 'kept', 'not-fresh'])
  const has = [...enrolled('password', 'totp'), { id: 'sms', factor: 'sms', disabled: true } as const]
  expect(
    becauseOf({}, { enrolled: has }).map(({ because, missing, disabled }) => [because, missing, disabled]),
  ).toEqual([
    ['narrowed', [], []],
    ['not-enrolled', ['sms'], ['sms']],
    ['not-enrolled', ['passkey'], []],
    ['not-enrolled', ['kerberos'], []],
  ])
})
