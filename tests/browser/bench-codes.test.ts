import { request } from 'node:http'
import { expect, test } from 'vitest'
import { codeOf, nextStep } from '../app.ts'
import { Browser } from '../browser.ts'
import { expectAccessible, openWindow, typeAndEnter } from '../chromium.ts'
import { ada, grace } from '../people/people.ts'
import { ask } from '../sign-in.ts'
import { serverAndBrowser } from '../test-server.ts'

// A tester has no phone: the bench shows what it would.

const { house: server, browser } = await serverAndBrowser()
const codes = (username: string) => new Browser().get(`${server.issuer}/bench/api/people/${username}/codes`)

test('the codes of the demo’s people are told, and of nobody else', async () => {
  nextStep(server)
  const response = await codes('ada')
  expect(response.headers.get('cache-control')).toBe('no-store')
  const until = new Date(Math.ceil((Date.now() + server.clock.aheadMs) / 30_000) * 30_000).toISOString()
  const shown = ada.apps.map((app) => ({
    factor: 'totp',
    label: app.label,
    code: codeOf(server, app),
    until,
    usedUntil: null,
  }))
  // By label.
  expect(await response.json()).toEqual(shown.toReversed())
  for (const username of ['nobody', 'ADA', 'constructor']) expect((await codes(username)).status).toBe(404)
})

test('under another name of this machine they are told to nobody', async () => {
  const { port } = new URL(server.issuer)
  const status = await new Promise((resolve) =>
    request({ port, path: '/bench/api/people/ada/codes', headers: { host: `rebound.test:${port}` } }, (response) =>
      resolve(response.resume().statusCode),
    ).end(),
  )
  expect(status).toBe(421)
})

test('a tester copies a code, signs in with it, and is told that it is used', async () => {
  nextStep(server)
  const { page, complaints, context } = await openWindow(browser)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto(`${server.issuer}/bench`)
  const copy = page.getByRole('button', { name: 'Copy the code of Work phone, Grace Hopper' })
  await copy.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('status').getByText('Copied the code of Work phone, Grace Hopper.').waitFor()
  await expectAccessible(page)
  await page.setViewportSize({ width: 320, height: 700 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)

  const signIn = await context.newPage()
  await signIn.goto((await ask(server, 'treasury')).url)
  await signIn.fill('[name=username]', 'grace')
  await signIn.press('[name=username]', 'Enter')
  await signIn.waitForSelector('[name=password]')
  await typeAndEnter(signIn, grace.password)
  await signIn.waitForSelector('[name=code]')
  await signIn.keyboard.press('ControlOrMeta+V')
  await signIn.waitForURL(`${server.clients.treasury}/**`)
  await signIn.close()

  await page.evaluate(() => dispatchEvent(new Event('focus')))
  await page.getByText('used already; a new one at').waitFor()
  await expectAccessible(page)
  expect(complaints).toEqual([])
  await context.close()
})

test('a code that ends is replaced by itself, and no screen reader is told', async () => {
  nextStep(server)
  const { page, context } = await openWindow(browser)
  await page.clock.install()
  await page.goto(`${server.issuer}/bench`)
  const [phone] = grace.apps as [(typeof grace.apps)[number]]
  await page.getByText(codeOf(server, phone), { exact: true }).waitFor()
  nextStep(server)
  await page.clock.fastForward(31_000)
  await page.getByText(codeOf(server, phone), { exact: true }).waitFor()
  expect(await page.locator('[aria-live], [role=status]').allTextContents()).toEqual([''])
  await context.close()
})
