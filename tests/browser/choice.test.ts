import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openWindow, typeAndEnter } from '../chromium.ts'
import { ada } from '../people/people.ts'
import { ask } from '../sign-in.ts'
import { serverAndBrowser } from '../test-server.ts'
import { behindPassword } from './behind-password.ts'

// A sign-in is one entry of the browser's history; the choice that a person asks for has one of its own, and Back closes it.

const { house: server, browser } = await serverAndBrowser()
const before = 'data:text/html,<title>The page before</title>'

/** At Ada's work phone; she came here from another page. */
async function atTheCode() {
  const window = await behindPassword(server, browser, ada, {}, (page) => page.goto(before))
  const { page } = window
  await choose(page, 'Work phone')
  return window
}
async function choose(page: Page, label: string) {
  await page.getByRole('heading', { name: 'Choose how to continue' }).waitFor()
  await page.getByRole('button', { name: label }).click()
  await page.getByText(`Using “${label}”`).waitFor()
}
async function another(page: Page) {
  await page.getByRole('button', { name: 'Use another method' }).click()
  await isChoosing(page)
}
const isChoosing = (page: Page) => page.getByRole('heading', { name: 'Choose how to continue' }).waitFor()
const isAt = (page: Page, label: string) => page.getByText(`Using “${label}”`).waitFor()
const challengeIn = (page: Page) => page.inputValue('input[name=challenge]')

test('Back closes the choice, Forward opens it again, and what was open is the same as before', async () => {
  const { page, complaints, context } = await atTheCode()
  const open = await challengeIn(page)
  await another(page)
  await page.goBack()
  await isAt(page, 'Work phone')
  expect(await challengeIn(page)).toBe(open)
  await page.goForward()
  await isChoosing(page)
  await page.reload()
  await isChoosing(page)
  await page.goBack()
  await isAt(page, 'Work phone')
  expect(await challengeIn(page)).toBe(open)
  await page.reload()
  await isAt(page, 'Work phone')
  expect(complaints).toEqual([])

  await page.goBack()
  expect(page.url()).toBe(before)
  await page.goForward()
  await isAt(page, 'Work phone')
  await context.close()
})

test('once something is chosen the choice is closed: Back leads out of the sign-in, Forward opens it again', async () => {
  const { page, complaints, context } = await atTheCode()
  const { length } = await page.evaluate(() => ({ length: history.length }))
  await another(page)
  await choose(page, 'Tablet')
  await page.waitForFunction(() => !history.state?.choosing)
  await another(page)
  await choose(page, 'Work phone')
  await page.waitForFunction(() => !history.state?.choosing)
  expect(await page.evaluate(() => history.length)).toBe(length + 1)
  await page.goForward()
  await isChoosing(page)
  await page.goBack()
  await isAt(page, 'Work phone')
  expect(complaints).toEqual([])
  await page.goBack()
  expect(page.url()).toBe(before)
  await context.close()
})

test('a choice that nobody asked for is no entry: Back leads out of it', async () => {
  const { page, context } = await openWindow(browser)
  await page.goto(before)
  await page.goto((await ask(server, 'treasury')).url)
  await page.fill('[name=username]', 'ada')
  await page.press('[name=username]', 'Enter')
  await page.waitForSelector('[name=password]')
  await typeAndEnter(page, ada.password)
  await isChoosing(page)
  await page.goBack()
  expect(page.url()).toBe(before)
  await context.close()
})
