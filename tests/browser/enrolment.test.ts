import { expect, test } from 'vitest'
import { codeOf, nextStep } from '../app.ts'
import { expectAccessible, openWindow } from '../chromium.ts'
import { serverAndBrowser } from '../test-server.ts'

// A tester adds an authenticator app for somebody of the demo, and takes it away again.

const { house: server, browser } = await serverAndBrowser()

test('an app is added by its key and removed, by keyboard, at every width', async () => {
  nextStep(server)
  const { page, complaints, context } = await openWindow(browser)
  await page.goto(`${server.issuer}/bench`)
  const carries = page.getByText('What Grace Hopper carries')
  await carries.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Remove Work phone of Grace Hopper' }).waitFor()
  const add = page.getByRole('group').filter({ has: carries }).getByRole('button', { name: 'Add an authenticator app' })
  await add.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor()
  await expectAccessible(page)
  await page.setViewportSize({ width: 320, height: 700 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)

  const typed = await page.locator('.enrol code').innerText()
  const secret = typed.replaceAll(' ', '')
  await page.getByLabel('Name for it (optional)').fill('Spare phone')
  await page.getByLabel('6-digit code from the app').fill('000000')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText('That code didn’t work.').waitFor()
  await page.getByLabel('6-digit code from the app').fill(codeOf(server, { label: '', secret }))
  await page.keyboard.press('Enter')
  await page.getByRole('status').getByText('Added Spare phone for Grace Hopper.').waitFor()
  const list = page.getByRole('list', { name: 'What Grace Hopper carries' })
  await page.waitForFunction((one) => one === document.activeElement, await list.elementHandle())
  await page.getByRole('button', { name: 'Remove Spare phone of Grace Hopper' }).press('Enter')
  await page.getByRole('status').getByText('Removed Spare phone of Grace Hopper.').waitFor()
  await page.waitForFunction((one) => one === document.activeElement, await list.elementHandle())
  const codes = page.getByRole('group').filter({ has: carries }).getByRole('button', { name: 'Make recovery codes' })
  await codes.press('Enter')
  await page.waitForFunction(() => document.activeElement?.textContent === 'Make recovery codes')
  expect(complaints).toEqual([])
  await context.close()
})
