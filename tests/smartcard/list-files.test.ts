import { copyFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { integer as anyInteger, assert, property, uint8Array } from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { cardValidator } from '#server/factors/smartcard/validate-card.ts'
import { readCrls } from '#server/factors/smartcard/x509/crl.ts'
import { Malformed } from '#server/factors/smartcard/x509/der.ts'
import { logTo } from '#server/operator/log.ts'
import { Authority, cardExtensions, dersIn, folderForAll } from '../pki.ts'
import { anchorOf, certificateIn, keyOf, outcomeOf, serverWithCards, withCards } from './card-server.ts'
import { listJudge } from './list-judge.ts'
import { directory, makeList, scope } from './list-maker.ts'
import { siteForAll } from './responder.ts'

// Lists come as files that an operator replaces, and from addresses that certificates name: none is dropped without a word.

const folder = folderForAll()
const root = await Authority.root(folder, 'root')
const card = await root.issue()

test('a file that is replaced by one that cannot be read lets nobody in, and the log names it; so does a reload', async () => {
  const lines: string[] = []
  const log = logTo('info', { write: (line: string) => void lines.push(line) })
  const people = withCards({ ada: { Badge: keyOf(card) }, grace: {} })
  const cards = await serverWithCards(folder, await anchorOf(folder, root, 'cards'), people, undefined, log)
  const file = join(folder, 'cards.crl')
  copyFileSync(file, `${file}.good`)
  expect(await outcomeOf(cards, 'ada', card)).toBe('done')

  writeFileSync(`${file}.next`, makeList(root.self, { version: 2 }))
  renameSync(`${file}.next`, file)
  expect(await outcomeOf(cards, 'ada', card)).toBe('revocation-unknown')
  expect(await outcomeOf(cards, 'ada', card)).toBe('revocation-unknown')
  const noted = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'a revocation list cannot be read')
  expect(noted).toMatchObject([{ level: 'error', file, why: 'a list of an unknown version' }])
  expect(() => cards.server.reconfigure(() => anchors(file))).toThrow(
    `${file} cannot be used as a revocation list: a list of an unknown version.`,
  )
  renameSync(`${file}.good`, file)
  expect(await outcomeOf(cards, 'ada', card)).toBe('done')
})

test('a card that is taken although nobody said that it is good leaves a line that says why', async () => {
  const lines: string[] = []
  const log = logTo('warn', { write: (line: string) => void lines.push(line) })
  const file = join(folder, 'ended.crl')
  writeFileSync(file, makeList(root.self, { until: -5 }))
  const anchor = `    - { name: cards, certificates: ${root.self.certificate}, revocation: { lists: [${file}], unreachable: accept } }`
  const people = withCards({ ada: { Badge: keyOf(card) }, grace: {} })
  const cards = await serverWithCards(folder, anchor, people, undefined, log)
  expect(await outcomeOf(cards, 'ada', card)).toBe('done')
  const noted = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg.startsWith('a card was taken'))
  expect(noted).toMatchObject([{ level: 'warn', detail: expect.stringContaining(`${file}: ended at `) }])
})

const anchors = (list: string) => `policies: {}
clients: {}
card:
  origin: https://card.localhost:4443
  listen: { port: 4443 }
  proxy: { networks: [10.0.0.1/32], secret: shared }
  anchors: [{ name: cards, certificates: ${root.self.certificate}, revocation: { lists: [${list}] } }]
`

test('a delta list that a card or its list names is fetched; while it is not there, nobody says that the card is good', async () => {
  let delta: Buffer | number = 404
  const site = await siteForAll(async () => delta)
  const naming = await root.issue({ extensions: [...cardExtensions, `freshestCRL=URI:${site.origin}/delta.crl`] })
  const { serial } = certificateIn(naming.certificate)
  const complete = [makeList(root.self, { number: 1 })]
  const outcome = async (unreachable: 'accept' | 'refuse', hosts = [site.host]) =>
    (await listJudge(folder, [root.self], unreachable, hosts)(naming, complete)).why
  expect(await outcome('refuse')).toBe('revocation-unknown')
  expect(await outcome('accept')).toBe('good')
  delta = makeList(root.self, { number: 2, base: 1 })
  expect(await outcome('refuse')).toBe('good')
  delta = makeList(root.self, { number: 2, base: 1, revoked: [[serial]] })
  expect(await outcome('accept')).toBe('revoked-card')
  site.asked.length = 0
  expect(await outcome('refuse', [])).toBe('good')
  expect(site.asked).toEqual([])
})

test('a list of a hundred thousand is read once, and each entry costs what it costs in a short one', async () => {
  const long = join(folder, 'long.crl')
  const anchor = {
    name: 'root',
    certificates: [certificateIn(root.self.certificate)],
    intermediates: [],
    sources: { lists: [], responder: null, hosts: [], needsNonce: true },
    unreachable: 'refuse',
  } as const
  const sent = dersIn(card.chain)
  let slices = 0
  const { subarray } = Buffer.prototype
  onTestFinished(() => void Object.assign(Buffer.prototype, { subarray }))
  Object.assign(Buffer.prototype, {
    subarray(this: Buffer, ...range: readonly number[]) {
      slices++
      return subarray.apply(this, [...range])
    },
  })
  /** Slices of the list's bytes, of which each element that is read takes two. */
  const costOf = async (entries: number) => {
    const revoked = Array.from({ length: entries }, (_, at) => [`4d${at.toString(16).padStart(30, '0')}`] as const)
    writeFileSync(long, makeList(root.self, { revoked }))
    const judge = cardValidator([{ ...anchor, sources: { ...anchor.sources, lists: [long] } }])
    const asked = async () => {
      slices = 0
      expect(await judge(sent, Date.now())).toMatchObject({ ok: true })
      return slices
    }
    const [first, again] = [await asked(), await asked()]
    return { first, again }
  }
  const [none, few, many] = [await costOf(0), await costOf(1000), await costOf(100_000)]
  const each = (few.first - none.first) / 1000
  // An entry, its number and its date.
  expect(each).toBeLessThan(6.1)
  expect((many.first - none.first) / 100_000).toBeLessThanOrEqual(each)
  expect([few.again, many.again]).toEqual([none.again, none.again])
})

test('what is no list is malformed, wherever its bytes are changed, and nothing worse', () => {
  const { subject } = certificateIn(card.certificate)
  const list = makeList(root.self, {
    number: 3,
    base: 2,
    scope: [scope.at(directory(subject)), scope.users, scope.reasons(1), scope.indirect],
    revoked: [['01', 1, directory(subject)], ['02'], ['03', 8]],
  })
  const isReadOrMalformed = (bytes: Buffer) => {
    try {
      return readCrls(bytes).length > 0
    } catch (error) {
      return error instanceof Malformed
    }
  }
  expect(readCrls(list)).toHaveLength(1)
  const places = anyInteger({ min: 0, max: list.length - 1 })
  assert(
    property(places, uint8Array({ minLength: 1, maxLength: 3 }), (at, bytes) => {
      const changed = Buffer.concat([list.subarray(0, at), bytes, list.subarray(at + bytes.length)])
      return isReadOrMalformed(changed) && isReadOrMalformed(list.subarray(0, at))
    }),
    { numRuns: 500 },
  )
})
