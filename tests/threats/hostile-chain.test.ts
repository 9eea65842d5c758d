import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { everyPolicy } from '#server/factors/smartcard/x509/policy-graph.ts'
import { judgedBy } from '../smartcard/judged.ts'
import {
  alternatives,
  authority,
  card,
  common,
  constraints,
  extension,
  general,
  type Made,
  made,
  nameOf,
  oid,
  pair,
  sequence,
} from '../x509.ts'

// The attack: an authority below a trusted one goes bad, and sends chains with thousands of names, constraints or
// policies, each to be compared with each: everybody's sign-ins wait for its card.

const anchor = made({ subject: common('Root'), extensions: authority() }, null)
const some = <T>(count: number, make: (at: number) => T) => Array.from({ length: count }, (_, at) => make(at))
/** What the chains with policies end without. */
const inputs = { ...everyPolicy, acceptable: new Set(['1.2.3.9999']), requireExplicit: true }

const termsOf = (name: string) => (name.startsWith('policies') ? inputs : everyPolicy)

/** Five issuers, each with the same extensions, and a card with its own. */
function chain(ofIssuers: readonly Buffer[], ofCard: readonly Buffer[]): readonly Made[] {
  const all = [anchor]
  for (const at of some(5, (at) => at))
    all.unshift(
      made({ subject: common(`Issuing ${at}`), extensions: [...authority(), ...ofIssuers] }, all[0] ?? anchor),
    )
  return [made({ subject: common('Ada'), extensions: [...card, ...ofCard] }, all[0] ?? anchor), ...all]
}

const policy = (number: number) => oid(`1.2.3.${number}`)
const policies = (...all: readonly Buffer[]) => extension('2.5.29.32', sequence(...all.map((one) => sequence(one))))
const mappings = (...all: readonly Buffer[]) => extension('2.5.29.33', sequence(...all))

const attacks: readonly (readonly [string, (count: number) => readonly Made[]])[] = [
  [
    'mail names and constraints',
    (count) =>
      chain(
        [
          constraints(
            [],
            some(count, (at) => general.mail(`x${at}@a.b.c.d.e.corp.test`)),
          ),
        ],
        [alternatives(...some(count, (at) => general.mail(`y${at}@a.b.c.d.e.corp.test`)))],
      ),
  ],
  [
    'directory names and constraints',
    (count) =>
      chain(
        [
          constraints(
            [],
            some(count, (at) => general.directory(nameOf(pair('O', 'x'), pair('CN', `${at}`)))),
          ),
        ],
        [alternatives(...some(count, (at) => general.directory(nameOf(pair('O', 'x'), pair('CN', `y${at}`)))))],
      ),
  ],
  [
    'constraints that permit what is not named',
    (count) =>
      chain(
        [constraints(some(count, (at) => general.host(`h${at}.corp.test`)))],
        [alternatives(...some(count, (at) => general.host(`h${at}.corp.test`)))],
      ),
  ],
  ['policies', (count) => chain([policies(...some(count, policy))], [policies(...some(count, policy))])],
  [
    // In the tree of RFC 5280 each depth has as many times more nodes (RFC 9618 §2).
    'policies that are mapped each to each',
    (count) => {
      const few = Math.floor(Math.sqrt(count))
      const pairs = some(few, (from) => some(few, (to) => sequence(policy(from), policy(to)))).flat()
      return chain([policies(...some(few, policy)), mappings(...pairs)], [policies(...some(few, policy))])
    },
  ],
  [
    'policies that stand for all',
    (count) => {
      const any = oid('2.5.29.32.0')
      const pairs = some(count, (at) => sequence(policy(1), policy(at)))
      return chain([policies(any, ...some(count - 1, policy)), mappings(...pairs)], [policies(any)])
    },
  ],
]

/** How often maps and sets are asked, and texts are prepared for comparing, while a chain is judged: all its work is among these. */
async function stepsOf(path: readonly Made[], terms = everyPolicy): Promise<number> {
  let steps = 0
  const watched = [
    [Map.prototype, ['get', 'set', 'has']],
    [Set.prototype, ['add', 'has']],
    [String.prototype, ['normalize']],
  ] as const
  const before = watched.flatMap(([prototype, names]) =>
    names.map((name) => [prototype, name, Reflect.get(prototype, name) as (...args: unknown[]) => unknown] as const),
  )
  for (const [prototype, name, original] of before)
    Reflect.set(prototype, name, function counted(this: unknown, ...args: unknown[]) {
      steps++
      return Reflect.apply(original, this, args)
    })
  try {
    await judgedBy(path, {}, terms)
  } finally {
    for (const [prototype, name, original] of before) Reflect.set(prototype, name, original)
  }
  return steps
}

test.each(attacks)('%s cost as many times more as there are more of them, and no more', async (name, path) => {
  const [few, many] = [await stepsOf(path(128), termsOf(name)), await stepsOf(path(1024), termsOf(name))]
  expect(few).toBeGreaterThan(128)
  expect(many / few).toBeLessThan(8.5)
  const bytes = path(1024).reduce((sum, { der }) => sum + der.length, 0)
  expect(many).toBeLessThan(bytes)
})

test.each(attacks.filter(([name]) => !name.includes('each to each')))(
  'thousands of %s are refused',
  async (name, path) => {
    expect(await judgedBy(path(2048), {}, termsOf(name))).toBe('wrong-card: more than 1024 entries')
  },
)

test('1,024 names below 1,024 constraints are judged, and one that is excluded is found', async () => {
  const hosts = some(1024, (at) => general.host(`h${at}.corp.test`))
  const excluding = (base: Buffer) =>
    chain([constraints([], [...hosts.slice(1), base])], [alternatives(hosts[0] ?? base)])
  expect(await judgedBy(excluding(general.host('i.corp.test')), {})).toBe('good')
  expect(await judgedBy(excluding(general.host('h0.corp.test')), {})).toBe(
    'unknown-issuer: a name that its issuer may not give',
  )
})

test('authorities that certify one another in every order are followed a few times', async () => {
  // One name and one key: each has issued all the others.
  const crowd = some(6, () => made({ subject: common('Crowd'), extensions: authority() }, null))
  const cross = made({ subject: common('Crowd'), extensions: authority() }, anchor)
  const leaf = made({ subject: common('Ada'), extensions: card }, cross)
  expect(await judgedBy([leaf, ...crowd, cross, anchor], {}, inputs)).toBe(
    'unknown-issuer: no policy that is acceptable',
  )
  expect(await stepsOf([leaf, ...crowd, cross, anchor], inputs)).toBeLessThan(10_000)
})

test('names of thousands of parts, each written in its own way, are read once for each certificate', async () => {
  // One name and one key: each may have issued all the others, and nobody that is trusted any of them.
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const named = (parts: number, at: number) => nameOf(...some(parts, (part) => pair('CN', part === at ? 'X' : 'x')))
  const crowd = (parts: number) => {
    const key = { der: Buffer.alloc(0), subject: named(parts, 0), key: keys.privateKey }
    const issuers = some(7, (at) =>
      made({ subject: named(parts, at), issuer: named(parts, (at + 3) % 7), extensions: authority(), pair: keys }, key),
    )
    return [made({ subject: common('Ada'), issuer: named(parts, 7), extensions: card }, key), ...issuers, anchor]
  }
  const [few, many] = [await stepsOf(crowd(32)), await stepsOf(crowd(512))]
  expect(few).toBeGreaterThan(32)
  expect(many / few).toBeLessThan(16.5)
  expect(many).toBeLessThan(crowd(512).reduce((sum, { der }) => sum + der.length, 0))
})

test('keys whose signatures cost a hundred times as much as others are not tried', async () => {
  const { n = '' } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })
  const spkiOf = (e: string) =>
    createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' }).export({ type: 'spki', format: 'der' })
  const triedWith = async (e: string) => {
    const verified = vi.spyOn(X509Certificate.prototype, 'verify')
    const issuing = made({ subject: common('Issuing'), extensions: authority(), publicKey: spkiOf(e) }, anchor)
    const leaf = made({ subject: common('Ada'), extensions: card }, issuing)
    expect(await judgedBy([leaf, issuing, anchor], {})).toBe('unknown-issuer: no path to an anchor')
    const { calls } = verified.mock
    verified.mockRestore()
    return calls.length
  }
  expect(await triedWith('AQAB')).toBe(1)
  expect(await triedWith(n)).toBe(0)
})
