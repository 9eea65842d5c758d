import { describe, expect, test } from 'vitest'
import { context, der } from '#server/factors/smartcard/x509/der.ts'
import { everyPolicy, type PolicyInputs } from '#server/factors/smartcard/x509/policy-graph.ts'
import { authority, card, common, extension, integer, type Made, made, oid, sequence } from '../x509.ts'
import { judgedBy } from './judged.ts'

// RFC 5280 §6.1 with the graph of RFC 9618: which policies a whole path stands under. NIST's cases are in pkits.test.ts.

const any = '2.5.29.32.0'
const [gold, silver, lead] = ['1.2.3.1', '1.2.3.2', '2.25.329800735698586629295641978511506172918']
const policies = (...all: readonly string[]) =>
  extension('2.5.29.32', sequence(...all.map((one) => sequence(oid(one)))))
const mappings = (...all: readonly (readonly [string, string])[]) =>
  extension('2.5.29.33', sequence(...all.map(([from, to]) => sequence(oid(from), oid(to)))))
/** requireExplicitPolicy, inhibitPolicyMapping. */
const limits = (explicit: number | null, mapping: number | null = null, isCritical = true) => {
  const field = (number: number, value: number | null) =>
    value === null ? [] : [der(context(number), Buffer.from([value]))]
  return extension('2.5.29.36', sequence(...field(0, explicit), ...field(1, mapping)), isCritical)
}
const inhibitAny = (after: number) => extension('2.5.29.54', integer(after), true)

const anchor = made({ subject: common('Root'), extensions: authority() }, null)
/** A chain below the anchor, its extensions from the anchor's side on; the last ones are the card's. */
function chain(...extensions: readonly (readonly Buffer[])[]): readonly Made[] {
  const all = [anchor]
  for (const [at, own] of extensions.entries()) {
    const isCard = at === extensions.length - 1
    const subject = common(isCard ? 'Ada' : `Issuing ${at}`)
    all.unshift(made({ subject, extensions: [...(isCard ? card : authority()), ...own] }, all[0] ?? anchor))
  }
  return all
}
const wanting = (...acceptable: readonly string[]): PolicyInputs => ({
  ...everyPolicy,
  acceptable: new Set(acceptable),
  requireExplicit: true,
})
const refused = 'unknown-issuer: no policy that is acceptable'
type Row = readonly [string, readonly Made[], PolicyInputs, boolean]

const rows: readonly Row[] = [
  ['no policies, where none are asked for', chain([], []), everyPolicy, true],
  ['no policies, where one is', chain([], []), wanting(gold), false],
  ['a policy all the way', chain([policies(gold)], [policies(gold)]), wanting(gold), true],
  ['a policy beside the wanted one', chain([policies(silver)], [policies(silver)]), wanting(gold), false],
  ['the card’s own policy alone', chain([], [policies(gold)]), wanting(gold), false],
  ['the issuer’s policy alone', chain([policies(gold)], []), wanting(gold), false],
  ['one of several', chain([policies(silver, gold)], [policies(lead, gold)]), wanting(silver, gold), true],
  ['every policy, then one', chain([policies(any)], [policies(gold)]), wanting(gold), true],
  ['one, then every policy', chain([policies(gold)], [policies(any)]), wanting(gold), true],
  ['every policy all the way', chain([policies(any)], [policies(any)]), wanting(gold), true],
  ['every policy where it is inhibited', chain([policies(gold), inhibitAny(0)], [policies(any)]), wanting(gold), false],
  ['a policy with an arc of 128 bits', chain([policies(lead)], [policies(lead)]), wanting(lead), true],
  [
    'a policy whose arc differs in its last bit',
    chain([policies(lead)], [policies(`${lead.slice(0, -1)}9`)]),
    wanting(lead),
    false,
  ],
  [
    'a policy that is mapped',
    chain([policies(gold), mappings([gold, silver])], [policies(silver)]),
    wanting(gold),
    true,
  ],
  [
    'where the mapped one is wanted',
    chain([policies(gold), mappings([gold, silver])], [policies(silver)]),
    wanting(silver),
    false,
  ],
  [
    'the mapped one’s own name',
    chain([policies(gold), mappings([gold, silver])], [policies(gold)]),
    wanting(gold),
    false,
  ],
  [
    'a mapping of what was not asserted',
    chain([policies(lead), mappings([gold, silver])], [policies(silver)]),
    wanting(gold),
    false,
  ],
  [
    'a mapping after every policy',
    chain([policies(any), mappings([gold, silver])], [policies(silver)]),
    wanting(gold),
    true,
  ],
  [
    'a mapping where mapping is inhibited',
    chain([policies(gold), limits(null, 0)], [policies(gold), mappings([gold, silver])], [policies(silver)]),
    wanting(gold),
    false,
  ],
  [
    'a policy that an issuer requires, and is there',
    chain([policies(gold), limits(0)], [policies(gold)]),
    everyPolicy,
    true,
  ],
  ['a policy that an issuer requires, and is not', chain([limits(0)], []), everyPolicy, false],
  ['the same, where that is not critical', chain([limits(0, null, false)], []), everyPolicy, false],
  ['a policy that is required after one more', chain([limits(1)], [], []), everyPolicy, false],
  ['a policy that would be required below the card', chain([limits(2)], []), everyPolicy, true],
  ['a policy that the card itself requires', chain([], [limits(0)]), everyPolicy, false],
]
test.each(rows)('%s', async (_, path, inputs, isGood) => {
  expect(await judgedBy(path, {}, inputs)).toBe(isGood ? 'good' : refused)
})

describe('what RFC 5280 forbids to issue is refused', () => {
  test.each<[string, Buffer]>([
    ['no policies in the extension', extension('2.5.29.32', sequence())],
    ['a policy twice', policies(gold, gold)],
    ['a mapping of every policy', mappings([any, gold])],
    ['a mapping to every policy', mappings([gold, any])],
    ['no mappings in the extension', extension('2.5.29.33', sequence())],
    ['constraints that say nothing', limits(null)],
    ['a negative count', extension('2.5.29.54', integer(0xff))],
    ['a count in too many bytes', extension('2.5.29.54', der(0x02, Buffer.from([0, 1])))],
    ['a count of no bytes', extension('2.5.29.54', der(0x02))],
  ])('%s', async (_, malformed) => {
    expect(await judgedBy(chain([malformed], []), {})).toMatch(/^wrong-card: /)
  })
})
