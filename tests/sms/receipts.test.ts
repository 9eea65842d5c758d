import fc from 'fast-check'
import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { receiptIn } from '#server/factors/sms/gateways/smpp/receipt.ts'
import { openSmpp } from '#server/factors/sms/gateways/smpp/sender.ts'
import { Secret } from '#server/secrets/secret.ts'
import { number } from '../phones.ts'
import { openSmsc } from './smsc.ts'

// Receipts, as SMSCs of several makers write them (SMPP 3.4 §4.6.1, §5.2.28 and appendix B), and what is no receipt.

let smsc: Awaited<ReturnType<typeof openSmsc>>
let sender: ReturnType<typeof openSmpp>
interface Said {
  readonly level: number
  readonly msg: string
  readonly message?: string | null
  readonly state?: string | null
}
const said: Said[] = []
const log = pino({ level: 'debug' }, { write: (line: string) => void said.push(JSON.parse(line)) })
const send = () => sender.send({ to: number, body: 'one' })

beforeEach(async () => {
  smsc = await openSmsc()
  const login = { systemId: 'sallyport', systemType: '', password: new Secret('secret') }
  sender = openSmpp({ ...login, tls: false, host: '127.0.0.1', port: smsc.port }, 'Sallyport', log)
  await send()
  said.splice(0)
})
afterEach(async () => {
  await sender.close()
  await smsc.stop()
})

interface Delivery {
  /** esm_class. */
  readonly kind?: number
  readonly coding?: number
  readonly octets?: Buffer
  readonly parameters?: readonly (readonly [number, Buffer])[]
}
function deliverSm({ kind = 4, coding = 0, octets = Buffer.alloc(0), parameters = [] }: Delivery): Buffer {
  const addresses = Buffer.from('\0\u0001\u000141791234567\0\u0005\0Sallyport\0', 'latin1')
  const tlvs = parameters.map(([tag, value]) => {
    const head = Buffer.alloc(4)
    head.writeUInt16BE(tag)
    head.writeUInt16BE(value.length, 2)
    return Buffer.concat([head, value])
  })
  return Buffer.concat([addresses, Buffer.from([kind, 0, 0, 0, 0, 0, 0, coding, 0, octets.length]), octets, ...tlvs])
}
const ascii = (text: string) => Buffer.from(text, 'latin1')
const ucs2 = (text: string) => Buffer.from(text, 'utf16le').swap16()
const payload = (octets: Buffer): Delivery => ({ parameters: [[0x0424, octets]] })
const byParameters = (state: number, kind = 4): Delivery => ({
  kind,
  parameters: [
    [0x001e, ascii('4711\0')],
    [0x0427, Buffer.from([state])],
  ],
})

/** What the log says of these, one after the other; each was answered, and none dropped the link. */
async function logged(bodies: readonly Buffer[]): Promise<readonly Said[]> {
  const before = smsc.statuses.length
  for (const body of bodies) smsc.say(5, body)
  await expect.poll(() => smsc.statuses.length - before, { interval: 5 }).toBe(bodies.length)
  expect(smsc.connections()).toBe(1)
  return said.splice(0)
}
const told = (all: readonly Said[]) => all.map(({ level, state, msg }) => [level, state, msg])
const [arrived, underWay] = [
  [20, 'a text message arrived'],
  [20, 'a text message is under way'],
]
const lost = [40, 'a text message did not arrive']
const unknown = [30, 'the SMSC does not say whether a text message arrived']

const head = 'id:4711 sub:001 dlvrd:000 submit date:2611250900 done date:2611250901 stat:UNDELIV err:001 text:'
const upTo = (length: number) => ascii(head.padEnd(length, '4').slice(0, length))

test('the message and its state are read from a receipt of whatever length, in the text or in message_payload', async () => {
  const lengths = Array.from({ length: 254 }, (_, at) => at + 1).filter((length) => length >= head.indexOf(' err'))
  const all = await logged([
    ...lengths.map((length) => deliverSm({ octets: upTo(length) })),
    ...[...lengths, 300, 65_535].map((length) => deliverSm(payload(upTo(length)))),
  ])
  expect(all).toHaveLength(2 * lengths.length + 2)
  expect(new Set(all.map(({ level, message, state }) => `${level} ${message} ${state}`))).toEqual(
    new Set(['40 4711 UNDELIV']),
  )
  expect(new Set(smsc.statuses)).toEqual(new Set([0]))
})

test('whatever the text is cut to, what is left of it is read', () => {
  const id = fc.stringMatching(/^[\da-zA-Z-]{1,60}$/)
  const state = fc.constantFrom('DELIVRD', 'UNDELIV', 'EXPIRED', 'ENROUTE', 'strange')
  const way = fc.constantFrom(
    (octets: Buffer) => ({ octets }),
    (octets: Buffer) => payload(octets),
  )
  fc.assert(
    fc.property(id, state, fc.integer({ min: 1, max: 254 }), way, fc.boolean(), (message, stat, length, as, wide) => {
      const text = `id:${message} stat:${stat} text:id:1 stat:DELIVRD `.padEnd(254, 'x').slice(0, length)
      const octets = wide ? ucs2(text.slice(0, 127)) : ascii(text)
      const receipt = receiptIn(deliverSm({ ...as(octets), coding: wide ? 8 : 0 }))
      const whole = `id:${message} stat:${stat}`
      const shown = text.slice(0, wide ? 127 : length)
      if (shown.length >= whole.length) expect(receipt).toMatchObject({ message, state: stat })
      else {
        expect(message.startsWith(receipt?.message ?? '')).toBe(true)
        expect(stat.startsWith(receipt?.state ?? '')).toBe(true)
      }
    }),
    { numRuns: 2000 },
  )
})

test.each([
  [0, 'SCHEDULED', underWay],
  [1, 'ENROUTE', underWay],
  [2, 'DELIVERED', arrived],
  [3, 'EXPIRED', lost],
  [4, 'DELETED', lost],
  [5, 'UNDELIVERABLE', lost],
  [6, 'ACCEPTED', underWay],
  [7, 'UNKNOWN', unknown],
  [8, 'REJECTED', lost],
  [9, 'SKIPPED', lost],
  [10, '10', unknown],
  [255, '255', unknown],
] as const)(
  'message_state %i is %s, told by its parameters alone (§5.3.2.12, §5.3.2.35)',
  async (number, state, [level, msg]) => {
    for (const kind of [4, 0x20, 0])
      expect(await logged([deliverSm(byParameters(number, kind))])).toMatchObject([
        { level, msg, message: '4711', state },
      ])
  },
)

test.each([
  ['DELIVRD', arrived],
  ['Delivered', arrived],
  ['DELIVERED', arrived],
  ['delivrd', arrived],
  ['ACKED', arrived],
  ['ENROUTE', underWay],
  ['ACCEPTD', underWay],
  ['Accepted', underWay],
  ['EXPIRED', lost],
  ['DELETED', lost],
  ['UNDELIV', lost],
  ['Undelivered', lost],
  ['UNDELIVERABLE', lost],
  ['REJECTD', lost],
  ['REJECTED', lost],
  ['FAILED', lost],
  ['UNKNOWN', unknown],
  ['RETRY', unknown],
] as const)('a receipt that spells its state %s', async (state, [level, msg]) => {
  for (const text of [`id:a-1 stat:${state} err:000`, `ID: a-1 Stat: ${state} Err: 000`, `stat:${state} id:a-1`])
    expect(await logged([deliverSm({ octets: ascii(text) })])).toMatchObject([{ level, msg, message: 'a-1', state }])
})

test('one that says nothing of it is unknown: an empty state, an empty id, no receipt’s text, nothing at all', async () => {
  const bodies = ['id: sub:001 stat: err:000', 'Your message was delivered.', ''].map((text) =>
    deliverSm({ octets: ascii(text) }),
  )
  const [level, msg] = unknown
  for (const one of await logged(bodies)) expect(one).toMatchObject({ level, msg, message: null, state: null })
})

test('what the parameters say goes before what the text says', async () => {
  const { parameters = [] } = byParameters(5)
  const both = deliverSm({ octets: ascii('id:1 stat:DELIVRD'), parameters })
  expect(await logged([both])).toMatchObject([{ level: 40, message: '4711', state: 'UNDELIVERABLE' }])
})

test('a receipt in UCS-2 is read, and one that only says so', async () => {
  const text = 'id:4711 sub:001 dlvrd:001 stat:EXPIRED err:000 text:Ваш код'
  const all = await logged([
    deliverSm({ octets: ucs2(text), coding: 8 }),
    deliverSm({ ...payload(ucs2(text)), coding: 8 }),
    deliverSm({ octets: ascii(text.slice(0, 47)), coding: 8 }),
    deliverSm({ octets: Buffer.concat([ucs2(text), Buffer.alloc(1)]), coding: 8 }),
  ])
  expect(all.map(({ level, message, state }) => [level, message, state])).toEqual(
    Array(4).fill([40, '4711', 'EXPIRED']),
  )
})

test('somebody’s own text is none, whatever it says', async () => {
  for (const octets of [ascii('id:4711 stat:UNDELIV'), ascii('Thank you!')])
    expect(await logged([deliverSm({ kind: 0, octets }), deliverSm({ kind: 0x08, octets })])).toEqual([])
})

test('one that cannot be read is answered with a status that says so, and the link stays (§5.1.3)', async () => {
  const octets = ascii(head)
  const whole = deliverSm({ octets })
  const cuts = Array.from({ length: whole.length }, (_, length) => whole.subarray(0, length))
  const all = await logged(cuts)
  expect(new Set(told(all).map(String))).toEqual(new Set(['40,,the SMSC said something that cannot be read']))
  const [badMessageLength, badCommandLength] = [1, 2]
  const beforeText = whole.length - octets.length
  expect(smsc.statuses).toEqual(cuts.map((_, length) => (length < beforeText ? badCommandLength : badMessageLength)))
  expect(await send()).toMatchObject({ is: 'sent' })
  expect(smsc.connections()).toBe(1)
})

test('parameters that are cut short take nothing from what stands before them', async () => {
  const whole = deliverSm({ octets: ascii('id:1 stat:DELIVRD'), parameters: byParameters(5).parameters ?? [] })
  const all = await logged(Array.from({ length: 13 }, (_, cut) => whole.subarray(0, whole.length - 1 - cut)))
  expect(new Set(all.map(({ state }) => state))).toEqual(new Set(['DELIVRD']))
})

test('no body drops the link', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 20 }), async (bodies) => {
      await logged(bodies.map((body) => Buffer.from(body)))
    }),
    { numRuns: 30 },
  )
  expect(smsc.statuses.filter((status) => ![0, 1, 2].includes(status))).toEqual([])
})
