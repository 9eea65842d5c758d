import { expect, test } from 'vitest'
import { codeOf, nextStep } from '../app.ts'
import { testerFor } from '../bench.ts'
import { launch, openWindow, typeAndEnter } from '../chromium.ts'
import { houseForAll } from '../house.ts'
import { demo, grace } from '../people/people.ts'
import { ask } from '../sign-in.ts'
import { expectGood } from './good.ts'

const house = await houseForAll((clients) =>
  demo(clients).replace('[password, totp] }', '[password, totp], enrol: inline }'),
)

test('somebody without a second factor adds an app on the way, by keyboard, and signs in with it', async () => {
  for (const { id, factor } of await testerFor(house, 'grace').carries())
    if (factor !== 'password') await testerFor(house, 'grace').remove(id)
  const browser = await launch()
  const window = await openWindow(browser)
  const { page } = window
  await page.goto((await ask(house, 'treasury')).url)
  await page.waitForSelector('#username')
  await typeAndEnter(page, 'grace')
  await page.waitForSelector('#password')
  await typeAndEnter(page, grace.password)
  await expectGood(window, 'Add a way to sign in')
  await page.getByRole('button', { name: 'Add an authenticator app' }).press('Enter')
  await expectGood(window, 'Add an authenticator app')
  const secret = (await page.locator('main code').innerText()).replaceAll(' ', '')
  await page.reload()
  await page.getByRole('img', { name: 'QR code' }).waitFor()
  nextStep(house)
  await page.getByLabel('Name for it').fill('My phone')
  await page.getByLabel('6-digit code from the app').fill('111111')
  await page.keyboard.press('Enter')
  await page.getByText('That code didn’t work.').waitFor()
  await page.getByLabel('6-digit code from the app').fill(codeOf(house, { label: '', secret }))
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Enter the code from your app' }).waitFor()
  nextStep(house)
  await typeAndEnter(page, codeOf(house, { label: '', secret }))
  await page.waitForURL(`${house.clients.treasury}/**`)
  const [app] = (await testerFor(house, 'grace').carries()).filter(({ factor }) => factor === 'totp')
  expect(app?.label).toBe('My phone')
  expect(window.complaints).toEqual([])
  await browser.close()
})
