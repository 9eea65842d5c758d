import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { codeOf, nextStep } from '../app.ts'
import { testerFor } from '../bench.ts'
import { expectAccessible, focused, sharedBrowser, typeAndEnter } from '../chromium.ts'
import { demo, grace } from '../people/people.ts'
import { lastCode } from '../phones.ts'
import { serverForAll, type TestServer } from '../test-server.ts'
import { behindPassword } from './behind-password.ts'
import { expectGood } from './good.ts'

const server = await serverForAll((clients) =>
  demo(clients).replace('[password, totp] }', '[password, totp], enrol: inline }'),
)
const browser = await sharedBrowser()

/** Grace, whose second factors are gone, after her password. */
async function atDoor(at: TestServer, before: (page: Page) => Promise<unknown> = async () => {}) {
  const tester = testerFor(at, 'grace')
  for (const { id, factor } of await tester.carries()) if (factor !== 'password') await tester.remove(id)
  return behindPassword(at, browser, grace, {}, before)
}

test('somebody without a second factor adds an app on the way, by keyboard, and signs in with it', async () => {
  const window = await atDoor(server)
  const { page } = window
  await expectGood(window, 'Add a way to sign in')
  expect(await focused(page)).toBe('Add a way to sign in')
  await page.getByRole('button', { name: 'Add an authenticator app' }).press('Enter')
  await expectGood(window, 'Add an authenticator app')
  expect(await focused(page)).toBe('code')
  const secret = (await page.locator('main code').innerText()).replaceAll(' ', '')
  await page.reload()
  await page.getByRole('img', { name: 'QR code' }).waitFor()
  nextStep(server)
  await page.getByLabel('Name for it').fill('My phone')
  await page.getByLabel('6-digit code from the app').fill('111111')
  await page.keyboard.press('Enter')
  await page.getByText('That code didn’t work.').waitFor()
  await page.getByLabel('6-digit code from the app').fill(codeOf(server, { label: '', secret }))
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Enter the code from your app' }).waitFor()
  nextStep(server)
  await typeAndEnter(page, codeOf(server, { label: '', secret }))
  await page.waitForURL(`${server.clients.treasury}/**`)
  const [app] = (await testerFor(server, 'grace').carries()).filter(({ factor }) => factor === 'totp')
  expect(app?.label).toBe('My phone')
  expect(window.complaints).toEqual([])
  await window.context.close()
})

test('a mistyped number, and a text that is late: there is a way back to the number', async () => {
  const phones = await serverForAll((clients) =>
    demo(clients)
      .replace('[password, totp] }', '[password, sms], enrol: inline }')
      .concat('sms: { countries: [CH] }\n'),
  )
  const window = await atDoor(phones)
  const { page } = window
  await page.getByRole('button', { name: 'Add a phone number' }).click()
  const number = page.getByLabel('Mobile number, with its country code')
  await number.fill('+1 202 555 0142')
  await number.press('Enter')
  await page.getByText('We don’t send text messages to numbers of that country.').waitFor()
  const { outbox } = phones.app.context.channels.sms
  if (outbox) outbox.chaos = 'delay'
  await number.fill('+41 79 123 45 68')
  await number.press('Enter')
  await page.getByText('Your text message to the number ending 68 may be late').waitFor()
  if (outbox) outbox.chaos = 'off'
  await expectGood(window, 'Add a phone number')
  await page.getByRole('button', { name: 'Use another number, or send again' }).press('Enter')
  await number.fill('+41 79 123 45 67')
  await number.press('Enter')
  await page.getByText('We sent a code to the number ending 67.').waitFor()
  await page.getByLabel('6-digit code from the text message').fill(lastCode(phones))
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Check your phone' }).waitFor()
  expect(window.complaints).toEqual([])
  await window.context.close()
})

test('a page whose script does not come is loaded anew once, then says so, and keeps the ways on and out', async () => {
  const window = await atDoor(server, (page) => page.route('**/assets/enrol-door-*', (route) => route.abort()))
  const { page } = window
  await page.getByRole('heading', { name: 'This page couldn’t be shown' }).waitFor()
  expect(await focused(page)).toBe('This page couldn’t be shown')
  expect(await page.evaluate(() => performance.getEntriesByType('navigation')[0]?.toJSON().type)).toBe('reload')
  await expectAccessible(page)
  await page.unroute('**/assets/enrol-door-*')
  await page.getByRole('button', { name: 'Try again' }).press('Enter')
  await page.getByRole('heading', { name: 'Add a way to sign in' }).waitFor()
  await window.context.close()
})
