import { afterAll, beforeEach, expect, test } from 'vitest'
import { hurried } from '../hurried.ts'
import { givePhone, number, promptOf, texting, withPassword } from '../phones.ts'
import { redeem } from '../sign-in.ts'
import { openTestServer, serverForAll } from '../test-server.ts'
import { fakeSmsc, kannel } from './kannel.ts'
import { openSmsc } from './smsc.ts'

// A real gateway: Kannel, with its fake SMSC behind it, and with an SMSC that speaks SMPP. What the page says of each answer
// is tested in a browser (tests/browser/sms.test.ts).

const gateway = await kannel((port) => `smsc = fake\nsmsc-id = phones\nport = ${port}\nconnect-allow-ip = 127.0.0.1`)
afterAll(() => gateway.end())
await gateway.start()
let phones = fakeSmsc(gateway.phones)
afterAll(() => phones.stop())
const through = (url: string) =>
  texting(`{ countries: [CH], sender: { http: { url: '${url}', method: GET, sent: '^0:', queued: '^3:' } } }`)
const server = await serverForAll(through(gateway.url))
await givePhone(server, 'ada')
beforeEach(() => {
  server.clock.aheadMs += 25 * 3_600_000
})

/** Waits until Kannel says so of a text that is nobody's. */
const answersWith = (beginning: string) =>
  expect
    .poll(async () => (await fetch(gateway.url.replace('{to}', '%2B41000').replace('{text}', 'x'))).text(), {
      timeout: 15_000,
    })
    .toMatch(beginning)

const notSent = { at: 'choose', refusal: { code: 'text-not-sent' } }
const late = { at: 'choose', refusal: { code: 'text-late' } }
const lastDelivered = async (count: number) => {
  await expect.poll(() => phones.codes().length, { timeout: 20_000 }).toBe(count)
  return phones.codes().at(-1) ?? ''
}

test('the code that is right is the one that the SMSC delivered', async () => {
  const before = phones.codes().length
  const { browser, asked, choice, text, answer } = await withPassword(server)
  const open = await text(choice)
  expect(promptOf(open).ending).toBe('67')
  const code = await lastDelivered(before + 1)
  expect(phones.numbers().at(-1)).toBe(number)
  const done = await answer(open, code)
  if (done.at !== 'done') throw new Error(JSON.stringify(done))
  const tokens = await redeem(asked, (await browser.follow(done.goTo)).url)
  expect(tokens.claims()?.amr).toEqual(['pwd', 'sms', 'mca', 'mfa'])
})

test('Kannel is stopped: the person is told, and after it is back the next text goes out', async () => {
  const { choice, text, answer } = await withPassword(server)
  await gateway.stop()
  const told = await text(choice)
  expect(told).toMatchObject(notSent)
  await gateway.start()
  await phones.stop()
  phones = fakeSmsc(gateway.phones)
  await answersWith('0:')
  const open = await text(told)
  expect((await answer(open, await lastDelivered(1))).at).toBe('done')
})

test('what Kannel has only put aside is not called sent; it can be entered when it comes', async () => {
  await phones.stop()
  const { choice, text, answer } = await withPassword(server)
  await answersWith('3:')
  const told = await text(choice)
  expect(told).toMatchObject(late)
  phones = fakeSmsc(gateway.phones)
  const code = await lastDelivered(1)
  expect((await answer(await text(told), code)).at).toBe('done')
})

test('Kannel hangs: the person is told, and sent again when it goes on, the code signs in', async () => {
  const { choice, text, answer } = await withPassword(server)
  const before = phones.codes().length
  gateway.hang()
  const { result: told } = await hurried(() => text(choice))
  expect(told).toMatchObject(late)
  gateway.goOn()
  // What nobody waits for any more, Kannel does not send.
  const open = await text(told)
  server.clock.aheadMs += 61_000
  const again = await text(open)
  expect((await answer(again, await lastDelivered(before + 1))).at).toBe('done')
})

test('Kannel refuses: the person is told', async () => {
  const other = await openTestServer(through(gateway.url.replace('a-secret-of-kannel', 'another')))
  await givePhone(other, 'ada')
  const { choice, text } = await withPassword(other)
  expect(await text(choice)).toMatchObject(notSent)
  await other.stop()
})

test('the SMSC of the SMPP tests is one that Kannel can work with', async () => {
  const smsc = await openSmsc()
  const other = await kannel(
    () => `smsc = smpp\nsmsc-id = smpp\nhost = 127.0.0.1\nport = ${smsc.port}\nreceive-port = 0\ntransceiver-mode = true
smsc-username = sallyport\nsmsc-password = secret\nsystem-type = ""\naddress-range = ""\nsource-addr-autodetect = true`,
  )
  await other.start()
  const body = 'Ready? {1} _ é € $2\n@localhost #123456'
  const url = other.url.replace('{from}', '%2B41000').replace('{to}', '%2B41791234567')
  await expect
    .poll(async () => (await fetch(url.replace('{text}', encodeURIComponent(body)))).status, { timeout: 15_000 })
    .toBe(202)
  await expect.poll(() => smsc.delivered.at(-1)).toMatchObject({ from: '+41000', to: '+41791234567', text: body })
  const cyrillic = encodeURIComponent('Ваш код 123456')
  await fetch(`${url.replace('{text}', cyrillic)}&coding=2&charset=UTF-8`)
  await expect.poll(() => smsc.delivered.at(-1)).toMatchObject({ text: 'Ваш код 123456', coding: 8 })
  await other.end()
  await smsc.stop()
})
