import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Sender } from '#server/factors/sms/gateways/sender.ts'
import { openSmpp } from '#server/factors/sms/gateways/smpp/sender.ts'
import { Secret } from '#server/secrets/secret.ts'
import { givePhone, lastCode, number, promptOf, texting, textsAt, withPassword } from '../phones.ts'
import { openTestServer } from '../test-server.ts'
import { openSmsc } from './smsc.ts'

// SMPP 3.4, against an SMSC of the tests, which Kannel works with too (kannel.test.ts).

let smsc: Awaited<ReturnType<typeof openSmsc>>
let sender: Sender
const said: {
  readonly level: number
  readonly msg: string
  readonly state?: string
  readonly message?: string
  readonly account?: string
}[] = []
const log = pino({ level: 'debug' }, { write: (line: string) => void said.push(JSON.parse(line)) })
const textTo = (body: string) => sender.send({ to: number, body })
const login = { tls: false, systemId: 'sallyport', systemType: '', password: new Secret('secret') }
const sending = (from = 'Sallyport') => openSmpp({ ...login, host: '127.0.0.1', port: smsc.port }, from, log)

beforeEach(async () => {
  smsc = await openSmsc()
  sender = sending()
})
afterEach(async () => {
  await sender.close()
  await smsc.stop()
  said.length = 0
})
const submit = 4
const deliver = 5
const enquire = 0x15
const answerBit = 0x8000_0000

test('a text goes out in the default alphabet, or in UCS-2, or whole where it is long; valid for five minutes', async () => {
  const plain = "482913 is your Sallyport code. Don't share it. {€ é _ $}\n\n@id.example.test #482913"
  for (const body of [plain, 'Ваш код 482913', 'x'.repeat(300), 'я'.repeat(100)]) {
    expect(await textTo(body)).toMatchObject({ is: 'sent' })
    expect(smsc.delivered.at(-1)).toMatchObject({ from: 'Sallyport', to: number, text: body })
  }
  expect(smsc.delivered.map(({ coding }) => coding)).toEqual([0, 8, 0, 8])
  expect(smsc.delivered[0]?.validity).toBe('000000000500000R')
  expect(smsc.connections()).toBe(1)
})

test('cut off, it binds again by itself, and whenever there is something to send', async () => {
  expect(await textTo('one')).toMatchObject({ is: 'sent' })
  smsc.cut()
  await expect.poll(() => smsc.connections()).toBe(0)
  expect(await textTo('two')).toMatchObject({ is: 'sent' })
  smsc.cut()
  await expect.poll(() => smsc.connections()).toBe(0)
  await expect.poll(() => smsc.connections(), { timeout: 5000 }).toBe(1)
})

test('nobody there: said at once, and over as soon as somebody is', async () => {
  await textTo('one')
  const { port } = smsc
  await smsc.stop()
  // In the first moment nobody knows that the connection is cut.
  await expect.poll(() => textTo('two')).toEqual({ is: 'refused', because: 'ECONNREFUSED' })
  smsc = await openSmsc(port)
  expect(await textTo('three')).toMatchObject({ is: 'sent' })
})

test('an SMSC that throttles, one that lets nobody in, and one that hangs', async () => {
  smsc.state.mood = 'throttled'
  expect(await textTo('one')).toEqual({ is: 'refused', because: 'SMPP status 0x58' })
  smsc.state.mood = 'deaf'
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const two = textTo('two')
  await expect.poll(() => smsc.seen.filter((command) => command === submit).length).toBe(2)
  vi.advanceTimersByTime(5000)
  expect(await two).toMatchObject({ is: 'late' })
  vi.useRealTimers()
  smsc.state.mood = 'closed'
  smsc.cut()
  await expect.poll(() => smsc.connections()).toBe(0)
  expect(await textTo('three')).toEqual({ is: 'refused', because: 'SMPP status 0xd' })
})

test('cut off in the middle, it may have been sent', async () => {
  await textTo('one')
  smsc.state.mood = 'deaf'
  const sent = textTo('two')
  await expect.poll(() => smsc.seen.filter((command) => command === submit).length).toBe(2)
  smsc.cut()
  expect(await sent).toMatchObject({ is: 'late' })
})

test('what the SMSC asks in between is answered, also in pieces; what is no SMPP ends the connection', async () => {
  await textTo('one')
  smsc.say(enquire, Buffer.alloc(0), 7)
  await expect.poll(() => smsc.seen.at(-1)).toBe(enquire + answerBit)
  smsc.say(0x103, Buffer.from('a data_sm'))
  await expect.poll(() => smsc.seen.at(-1)).toBe(answerBit)
  smsc.raw(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'))
  await expect.poll(() => smsc.connections()).toBe(0)
  expect(await textTo('two')).toMatchObject({ is: 'sent' })
})

test('receipts: a bad one is told to the operator, with the id of the text; neither the number nor what it says', async () => {
  const sent = await textTo('one')
  const id = 'message' in sent ? sent.message : ''
  expect(id).toBe(smsc.delivered.at(-1)?.id)
  const receipt = (state: string, kind = 4) => {
    const text = `id:${id} sub:001 dlvrd:000 submit date:2611250900 done date:2611250901 stat:${state} err:001 text:482913`
    const head = [
      Buffer.from('\0\u0001\u000141791234567\0\u0005\0Sallyport\0'),
      Buffer.from([kind, 0, 0, 0, 0, 0, 0, 0, 0]),
    ]
    smsc.say(deliver, Buffer.concat([...head, Buffer.from([text.length]), Buffer.from(text)]))
  }
  receipt('DELIVRD')
  receipt('UNDELIV')
  receipt('UNDELIV', 0)
  await expect.poll(() => smsc.seen.filter((command) => command === deliver + answerBit).length).toBe(3)
  const told = said.filter(({ state }) => state)
  expect(told.map(({ level, state, message }) => [level, state, message])).toEqual([
    [20, 'DELIVRD', id],
    [40, 'UNDELIV', id],
  ])
  expect(JSON.stringify(said)).not.toMatch(/4179123|482913/)
})

test('it is kept alive, and one that is dead is given up', async () => {
  await textTo('one')
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] })
  const kept = sending()
  await kept.send({ to: number, body: 'two' })
  const asked = () => smsc.seen.filter((command) => command === enquire).length
  vi.advanceTimersByTime(30_000)
  while (asked() < 1) await sleep(20)
  smsc.state.mood = 'dead'
  vi.advanceTimersByTime(30_000)
  while (asked() < 2) await sleep(20)
  expect(smsc.connections()).toBe(2)
  vi.advanceTimersByTime(5000)
  while (smsc.connections() === 2) await sleep(20)
  vi.useRealTimers()
  smsc.state.mood = 'good'
  expect(await kept.send({ to: number, body: 'three' })).toMatchObject({ is: 'sent' })
  await kept.close()
})

test('a sign-in: the code is the one that the SMSC was given; cut off before it says so, the person is told', async () => {
  const server = await openTestServer(
    texting(
      `{ countries: [CH], from: '+41000', sender: { smpp: { host: 127.0.0.1, port: ${smsc.port}, system_id: x, password: y } } }`,
    ),
    log,
  )
  const account = await givePhone(server, 'ada')
  const { choice, text, answer } = await withPassword(server)
  smsc.state.mood = 'deaf'
  const texted = text(choice)
  await expect.poll(() => smsc.seen).toContain(submit)
  smsc.cut()
  const late = await texted
  expect(late).toMatchObject({ at: 'choose', refusal: { code: 'text-late' } })
  expect(smsc.delivered).toEqual([])
  smsc.state.mood = 'good'
  server.clock.aheadMs += 31_000
  const open = await text(await text(late))
  expect(promptOf(open).ending).toBe('67')
  expect([lastCode(server), textsAt(server)]).toEqual(['', []])
  const [, code = ''] = /#(\d{6})$/.exec(smsc.delivered.at(-1)?.text ?? '') ?? []
  expect(smsc.delivered.at(-1)).toMatchObject({ from: '+41000', to: number })
  const taken = said.filter(({ msg }) => msg === 'a text message was taken')
  expect(taken).toMatchObject([{ level: 20, account, message: smsc.delivered.at(-1)?.id }])
  expect((await answer(open, code)).at).toBe('done')
  await server.stop()
})
