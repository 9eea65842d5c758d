import { expect, test } from 'vitest'
import { expectAccessible, openWindow, typeAndEnter } from '../chromium.ts'
import { ada } from '../people/people.ts'
import { serverAndBrowser } from '../test-server.ts'

const { house: server, browser } = await serverAndBrowser()

test('a stranger picks a person, signs in, and sees amr beside its evidence', async () => {
  const { page, complaints, context } = await openWindow(browser)
  await page.goto(server.issuer)
  await page.getByRole('link', { name: 'Open the test bench' }).click()
  await page.getByText('limestone lantern 41').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Use Ada Lovelace as login_hint' }).click()
  await page.getByRole('button', { name: 'urn:sallyport:acr:aal1' }).click()
  await page.getByText('acr_values=urn:sallyport:acr:aal1').waitFor()
  await page.getByRole('button', { name: 'Sign in' }).click()

  await page.waitForSelector('[name=username]')
  expect(await page.inputValue('[name=username]')).toBe('ada')
  await page.press('[name=username]', 'Enter')
  await page.waitForSelector('[name=password]')
  await typeAndEnter(page, ada.password)

  await page.getByText('Issued urn:sallyport:acr:aal1 with pwd.').waitFor()
  await page.getByText('Signature checked: ES256').waitFor()
  expect(await page.textContent('pre')).toContain('"amr": ["pwd"]')
  const evidence = page.locator('.evidence')
  expect(await evidence.locator('dt').allTextContents()).toEqual(['pwd'])
  expect(await evidence.textContent()).toMatch(/Password proven at .*something the person knows/)
  await expectAccessible(page)
  await page.setViewportSize({ width: 320, height: 700 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)

  await page.reload()
  await page.getByText('Issued urn:sallyport:acr:aal1 with pwd.').waitFor()
  await page.getByRole('link', { name: 'Run again' }).click()
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Issued urn:sallyport:acr:aal1 with pwd.').waitFor()
  await page.getByRole('link', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Test bench' }).waitFor()
  expect(complaints).toEqual([])
  await context.close()
})

test('a refusal is shown as the client was told it', async () => {
  const { page, context } = await openWindow(browser)
  await page.goto(`${server.issuer}/bench`)
  await page.getByLabel('prompt').selectOption('none')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Refused: login_required').waitFor()
  await expectAccessible(page)
  await context.close()
})

test('a sign-in that was given up shows what happened in it, and why', async () => {
  const { page, complaints, context } = await openWindow(browser)
  await page.goto(`${server.issuer}/bench`)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForSelector('[name=username]')
  await typeAndEnter(page, 'ada')
  await page.waitForSelector('[name=password]')
  await typeAndEnter(page, 'wrong')
  await page.getByText('That username and password don’t match.').waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('Refused: access_denied').waitFor()
  const trail = page.locator('.trail li')
  await trail.first().waitFor()
  expect((await trail.allTextContents()).map((text) => text.replace(/^[\d:]+ | from .*$/g, ''))).toEqual([
    'Password asked',
    'Password refused: wrong-password',
  ])
  await page.getByRole('row', { name: 'everyone applies' }).waitFor()
  await expectAccessible(page)
  expect(complaints).toEqual([])
  await context.close()
})

test('an answer that nobody here asked for is not redeemed', async () => {
  const { page, complaints, context } = await openWindow(browser)
  await page.goto(`${server.issuer}/bench/callback?code=stolen&state=forged`)
  await page.getByText('This answer is not known here.').waitFor()
  expect(complaints).toEqual([])
  await context.close()
})
