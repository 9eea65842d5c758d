import { expect, test } from 'vitest'
import { expectAccessible, openWindow, signInAs, typeAndEnter } from '../chromium.ts'
import { ada } from '../people/people.ts'
import { ask } from '../sign-in.ts'
import { serverAndBrowser } from '../test-server.ts'

// The bench shows whom wrong answers keep out, and lets them in again.

const { house: server, browser } = await serverAndBrowser()

test('by keyboard: until when a locked person waits, at the bench as on the page, and no longer than until it is forgotten', async () => {
  const { page, complaints, context } = await openWindow(browser)
  await page.goto((await ask(server)).url)
  await signInAs(page, { username: 'ada', password: 'wrong 0' })
  for (let failure = 1; failure < 5; failure++) {
    await page.getByText('don’t match').waitFor()
    const revision = page.locator('form:has([name=password]) [name=revision]')
    const before = await revision.inputValue()
    await page.focus('[name=password]')
    await typeAndEnter(page, `wrong ${failure}`)
    await page
      .locator(`form:has([name=password]) [name=revision]:not([value="${before}"])`)
      .waitFor({ state: 'attached' })
  }
  const locked = page.getByText('Too many tries.')
  await locked.waitFor()
  const time = await page.locator('.refusal time').innerText()

  const bench = await context.newPage()
  await bench.goto(`${server.issuer}/bench`)
  await bench.getByText('What Ada Lovelace carries').focus()
  await bench.keyboard.press('Enter')
  await bench.getByText(`(wrong answers: strangers wait until ${time})`).waitFor()
  await expectAccessible(bench)
  await bench.setViewportSize({ width: 320, height: 700 })
  expect(await bench.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  await bench.getByRole('button', { name: 'Forget wrong answers for Ada Lovelace' }).press('Enter')
  await bench.getByRole('status').getByText('Forgot wrong answers for Ada Lovelace.').waitFor()
  await bench.getByText('strangers wait').waitFor({ state: 'detached' })

  await page.focus('[name=password]')
  await typeAndEnter(page, ada.password)
  await page.waitForURL(`${server.clients.harbour}/**`)
  expect(complaints).toEqual([])
  await context.close()
})
