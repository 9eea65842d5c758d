import { readdirSync, readFileSync } from 'node:fs'
import { brotliCompressSync } from 'node:zlib'
import type { Response } from 'playwright-core'
import { expect, test } from 'vitest'
import { openWindow } from '../chromium.ts'
import { ada } from '../people/people.ts'
import { ask, redeem } from '../sign-in.ts'
import { serverAndBrowser } from '../test-server.ts'

// The first view is server-rendered and its forms post natively: before the script has arrived, and without any.

const english = new URL('../../web/text/locales/en/', import.meta.url)
const catalogue = (path: string) => Object.entries(JSON.parse(readFileSync(new URL(path, english), 'utf8')))
/** The texts of a sign-in: its own, and those of the factors. */
const texts = [
  ...catalogue('sign-in.json'),
  ...readdirSync(new URL('factors', english))
    .flatMap((name) => catalogue(`factors/${name}`))
    .filter(([name]) => !name.startsWith('enrol.')),
]

const { house: server, browser } = await serverAndBrowser()

async function arrive() {
  const window = await openWindow(browser, { javaScriptEnabled: false })
  const asked = await ask(server)
  await window.page.goto(asked.url)
  return { ...window, asked, signInPage: window.page.url() }
}

test('a sign-in with JavaScript off, with mistakes in it', async () => {
  const { page, asked, complaints, context, signInPage } = await arrive()
  expect(await page.textContent('noscript')).toContain('without JavaScript')
  await page.fill('[name=username]', 'a d a')
  await page.keyboard.press('Enter')
  await page.getByText('A username has letters').waitFor()
  expect(await page.inputValue('[name=username]')).toBe('a d a')

  await page.fill('[name=username]', 'ada')
  await page.keyboard.press('Enter')
  await page.waitForSelector('[name=password]')
  expect(page.url()).toBe(signInPage)
  await page.fill('[name=password]', 'wrong')
  await page.keyboard.press('Enter')
  await page.getByText('That username and password don’t match.').waitFor()
  expect(page.url()).toBe(signInPage)

  await page.fill('[name=password]', ada.password)
  await page.keyboard.press('Enter')
  await page.waitForURL(`${server.clients.harbour}/**`)
  expect((await redeem(asked, page.url())).claims()?.amr).toEqual(['pwd'])
  expect(complaints).toEqual([])
  await context.close()
})

test('“Not you?” and Cancel work too', async () => {
  const { page, context } = await arrive()
  await page.fill('[name=username]', 'ada')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Not you?' }).click()
  await page.waitForSelector('[name=username]')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.waitForURL(/error=access_denied/)
  await context.close()
})

test('a form that was open in two tabs is answered with the page as it is now', async () => {
  const { page, context, signInPage } = await arrive()
  const second = await context.newPage()
  await second.goto(signInPage)
  await page.fill('[name=username]', 'ada')
  await page.keyboard.press('Enter')
  await page.waitForSelector('[name=password]')
  await second.fill('[name=username]', 'grace')
  await second.keyboard.press('Enter')
  await second.getByText('This step was finished in another tab.').waitFor()
  expect(await second.textContent('.sub')).toContain('ada')
  await context.close()
})

test('the page holds its style, loads the script of a sign-in alone, and one font after it, compressed, and nothing that it does not show', async () => {
  const { page, complaints, context } = await openWindow(browser)
  const loaded = new Map<string, Response>()
  page.on('response', async (response) => {
    const { pathname } = new URL(response.url())
    if (pathname.startsWith('/assets/')) loaded.set(pathname, response)
  })
  const document = await page.goto((await ask(server)).url)
  expect(await document?.headerValue('content-encoding')).toBe('gzip')
  await page.waitForLoadState('networkidle')
  const names = [...loaded.keys()].map((path) => path.replace(/-[\w-]{8}\./, '.')).sort()
  const font = '/assets/atkinson-hyperlegible-next-latin-wght-normal.woff2'
  expect(names).toEqual([font, '/assets/fonts.css', '/assets/given.js', '/assets/sign-in.js'])
  expect(await page.locator('head style').count()).toBe(1)
  const scripts = await Promise.all(
    [...loaded].filter(([path]) => path.endsWith('.js')).map(([, response]) => response.allHeaders()),
  )
  expect(scripts.map((headers) => headers['content-encoding'])).toEqual(['br', 'br'])
  for (const headers of scripts) expect(headers['cache-control']).toContain('immutable')
  const bytes = scripts.reduce((sum, headers) => sum + Number(headers['content-length']), 0)
  // The budget is for the script without its texts, which are in it.
  expect(bytes - brotliCompressSync(JSON.stringify(Object.fromEntries(texts))).length).toBeLessThanOrEqual(72 * 1024)
  expect(complaints).toEqual([])
  await context.close()
})

test('a page on which nothing changes loads its font, and no script', async () => {
  const { page, complaints, context } = await openWindow(browser)
  const loaded: string[] = []
  page.on('response', (response) => loaded.push(new URL(response.url()).pathname.replace(/-[\w-]{8}\./, '.')))
  await page.goto(server.issuer, { waitUntil: 'networkidle' })
  const assets = loaded.filter((path) => path.startsWith('/assets/')).sort()
  expect(assets).toEqual(['/assets/atkinson-hyperlegible-next-latin-wght-normal.woff2', '/assets/fonts.css'])
  expect(await page.evaluate(() => getComputedStyle(document.body).fontFamily)).toContain('Atkinson Next')
  expect(complaints).toEqual([])
  await context.close()
})

test('the first frame looks for two fonts, the system’s; the font that comes later has all weights', async () => {
  const { page, context } = await openWindow(browser)
  const fonts = () =>
    page.evaluate(() => {
      const shown = [...document.querySelectorAll('#root *')].filter((element) => element.getClientRects().length > 0)
      const styles = shown.map((element) => getComputedStyle(element))
      return [...new Set(styles.map(({ fontFamily, fontWeight }) => `${fontWeight} ${fontFamily}`))].sort()
    })
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  await page.route(/\/fonts-[^/]*\.css$/, async (route) => {
    await held
    await route.continue()
  })
  await page.goto((await ask(server)).url, { waitUntil: 'commit' })
  await page.waitForSelector('[name=username]')
  expect(await fonts()).toEqual(['400 system-ui, sans-serif', '700 system-ui, sans-serif'])
  release()
  await page.waitForFunction(() => getComputedStyle(document.body).fontFamily.includes('Atkinson Next'))
  expect((await fonts()).map((font) => font.slice(0, 20))).toEqual(
    ['400', '600', '650', '700'].map((weight) => `${weight} "Atkinson Next",`.slice(0, 20)),
  )
  await context.close()
})
