import type { Page } from 'playwright-core'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { openWindow, signInAs, typeAndEnter } from '../chromium.ts'
import { ada } from '../people/people.ts'
import { givePhone, number, texting } from '../phones.ts'
import { ask, redeem } from '../sign-in.ts'
import { openTestServer, serverAndBrowser } from '../test-server.ts'
import { fakeSmsc, kannel } from './kannel.ts'
import { openSmsc } from './smsc.ts'

// A real gateway: Kannel, with its fake SMSC behind it, and with an SMSC that speaks SMPP.

const gateway = await kannel((port) => `smsc = fake\nsmsc-id = phones\nport = ${port}\nconnect-allow-ip = 127.0.0.1`)
afterAll(() => gateway.end())
await gateway.start()
let phones = fakeSmsc(gateway.phones)
afterAll(() => phones.stop())
const through = (url: string) =>
  texting(`{ countries: [CH], sender: { http: { url: '${url}', method: GET, sent: '^0:', queued: '^3:' } } }`)
const { house: server, browser } = await serverAndBrowser(through(gateway.url))
await givePhone(server, 'ada')
beforeEach(() => {
  server.clock.aheadMs += 25 * 3_600_000
})

async function atChoice(at = server) {
  const window = await openWindow(browser)
  const { page } = window
  await page.clock.install()
  const asked = await ask(at, 'treasury')
  await page.goto(asked.url)
  await signInAs(page, ada)
  await page.waitForSelector('.methods')
  return { ...window, asked }
}
const text = (page: Page) => page.getByRole('button', { name: 'Text message' }).click()
const arrived = (page: Page) => page.waitForURL(`${server.clients.treasury}/**`)
/** Waits until Kannel says so of a text that is nobody's. */
const answersWith = (beginning: string) =>
  expect
    .poll(async () => (await fetch(gateway.url.replace('{to}', '%2B41000').replace('{text}', 'x'))).text(), {
      timeout: 15_000,
    })
    .toMatch(beginning)

test('the code that is typed is the one that the SMSC delivered', async () => {
  const { page, asked, complaints, context } = await atChoice()
  const before = phones.codes().length
  await text(page)
  await page.getByText('We sent a text message to the number ending 67.').waitFor()
  await expect.poll(() => phones.codes().length).toBe(before + 1)
  expect(phones.numbers().at(-1)).toBe(number)
  await typeAndEnter(page, phones.codes().at(-1) ?? '')
  await arrived(page)
  expect((await redeem(asked, page.url())).claims()?.amr).toEqual(['pwd', 'sms', 'mca', 'mfa'])
  expect(complaints).toEqual([])
  await context.close()
})

test('Kannel is stopped: the page says so, and after it is back the next text goes out', async () => {
  const { page, context } = await atChoice()
  await gateway.stop()
  await text(page)
  await page.getByText('We couldn’t send a text message to the number ending 67.').waitFor()
  await page.getByRole('button', { name: 'Work phone' }).waitFor()
  await gateway.start()
  await phones.stop()
  phones = fakeSmsc(gateway.phones)
  await answersWith('0:')
  await text(page)
  await page.waitForSelector('[name=code]')
  await expect.poll(() => phones.codes().length).toBe(1)
  await typeAndEnter(page, phones.codes().at(-1) ?? '')
  await arrived(page)
  await context.close()
})

test('what Kannel has only put aside is not called sent; it can be entered when it comes', async () => {
  await phones.stop()
  const { page, context } = await atChoice()
  await answersWith('3:')
  await text(page)
  await page.getByText('Your text message may be late, or not come at all.').waitFor()
  phones = fakeSmsc(gateway.phones)
  await expect.poll(() => phones.codes().length, { timeout: 20_000 }).toBe(1)
  await text(page)
  await page.waitForSelector('[name=code]')
  await typeAndEnter(page, phones.codes().at(-1) ?? '')
  await arrived(page)
  await context.close()
})

test('Kannel hangs: the page says so, and sent again when it goes on, the code signs in', async () => {
  const { page, context } = await atChoice()
  const before = phones.codes().length
  gateway.hang()
  await text(page)
  await page.getByText('Your text message may be late, or not come at all.').waitFor()
  await page.getByRole('button', { name: 'Work phone' }).waitFor()
  gateway.goOn()
  // What nobody waits for any more, Kannel does not send.
  await text(page)
  await page.waitForSelector('[name=code]')
  server.clock.aheadMs += 61_000
  await page.clock.fastForward(61_000)
  const revision = await page.locator('form:has([name=code]) [name=revision]').inputValue()
  await page.getByRole('button', { name: 'Send again' }).click()
  await expect.poll(() => phones.codes().length).toBe(before + 1)
  // Not before the page is drawn anew: what is typed until then is typed into the form that is replaced.
  await page.locator(`form:has([name=code]) [name=revision]:not([value="${revision}"])`).waitFor({ state: 'attached' })
  await typeAndEnter(page, phones.codes().at(-1) ?? '')
  await arrived(page)
  await context.close()
})

test('Kannel refuses: the page says so, and offers the other ways', async () => {
  const other = await openTestServer(through(gateway.url.replace('a-secret-of-kannel', 'another')))
  await givePhone(other, 'ada')
  const { page, context } = await atChoice(other)
  await text(page)
  await page.getByText('We couldn’t send a text message to the number ending 67.').waitFor()
  await page.getByRole('button', { name: 'Work phone' }).waitFor()
  await context.close()
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
