import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type axe from 'axe-core'
import type { RunOnly } from 'axe-core'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, expect } from 'vitest'

const disabledFeatures = [
  // Pages of the address bar's own suggestions, which every window loads: more work than most of what is tested.
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  // Playwright's own list once more, for Chromium takes the last one that it is given (chromiumSwitches.ts there).
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
]
const args = [
  `--disable-features=${disabledFeatures.join()}`,
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Debian's Chromium, or the one that CHROMIUM names. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
export const launch = (): Promise<Browser> => chromium.launch({ executablePath, args })

let shared: Promise<Browser> | undefined

/** The Chromium of this worker: one for all files, which leave no window of theirs in it. It ends with the worker. */
export async function sharedBrowser(): Promise<Browser> {
  if (!(await shared)?.isConnected()) shared = launch()
  const browser = await (shared as Promise<Browser>)
  afterAll(async () => void (await Promise.all(browser.contexts().map((context) => context.close()))))
  return browser
}

/** A browser window in which any complaint of a page fails the test that asks for them. */
export interface Window {
  readonly context: BrowserContext
  readonly page: Page
  /** Console errors, uncaught exceptions and violations of the Content-Security-Policy, so far. */
  readonly complaints: readonly string[]
}

export async function openWindow(browser: Browser, options: BrowserContextOptions = {}): Promise<Window> {
  return watched(await browser.newContext({ reducedMotion: 'reduce', ...options }))
}

/** One in a home of its own, with the certificates and the tokens that are there. */
export const openAtHome = async (
  home: string,
  options: BrowserContextOptions = {},
  environment: Readonly<Record<string, string>> = {},
  more: readonly string[] = [],
): Promise<Window> =>
  watched(
    await chromium.launchPersistentContext(join(home, 'profile'), {
      ...options,
      executablePath,
      args: [...args, ...more],
      env: { ...process.env, ...environment, HOME: home } as Record<string, string>,
      reducedMotion: 'reduce',
    }),
  )

async function watched(context: BrowserContext): Promise<Window> {
  const complaints: string[] = []
  context.on('console', (message) => {
    // Chromium reports every response that is not 2xx as an error of the console; those are judged by the tests.
    const isStatus = message.text().startsWith('Failed to load resource: the server responded with a status of')
    if (message.type() === 'error' && !isStatus) complaints.push(message.text())
  })
  context.on('weberror', (error) => complaints.push(String(error.error())))
  return { context, page: await context.newPage(), complaints }
}

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What a page breaks of these rules. Its document gets axe once: reading the script takes far longer than its rules do. */
async function brokenRules(page: Page, runOnly: RunOnly): Promise<readonly string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource)
  return page.evaluate(
    async (options) => {
      const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(options)
      return violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map(({ html, any }) => `${html} ${any.map(({ message }) => message).join(' ')}`).join(' ')}`,
      )
    },
    { runOnly, resultTypes: ['violations' as const] },
  )
}

/** WCAG 2.2 A and AA, as far as a machine can tell, in light and in dark. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // A colour on its way from one to another is judged by neither. What inherits it sets out when that has arrived.
    await page.evaluate(async () => {
      for (let still = 0; still < 2; still++) {
        const moving = document.getAnimations()
        if (moving.length > 0) still = -1
        await Promise.allSettled(moving.map(({ finished }) => finished))
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })
    // The dark page is the light one in other colours.
    const rules: RunOnly =
      colorScheme === 'light' ? { type: 'tag', values: tags } : { type: 'rule', values: ['color-contrast'] }
    const found = await brokenRules(page, rules)
    expect(found.map((one) => `${colorScheme}: ${one}`)).toEqual([])
  }
}

/** Types, key by key, into whatever has the focus, and presses Enter. */
export async function typeAndEnter(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
}

/** Says on the sign-in's first two pages who it is, and proves it. */
export async function signInAs(page: Page, { username, password }: { username: string; password: string }) {
  await page.waitForSelector('[name=username]')
  await page.fill('[name=username]', username)
  await page.press('[name=username]', 'Enter')
  await page.waitForSelector('[name=password]')
  await typeAndEnter(page, password)
}

/** What a field says of itself beside its label, to somebody who does not see the page. */
export const describedAs = (page: Page, selector: string): Promise<string> =>
  page.evaluate((selector) => {
    const ids = document.querySelector(selector)?.getAttribute('aria-describedby')?.split(' ') ?? []
    return ids.map((id) => document.getElementById(id)?.textContent).join(' ')
  }, selector)

/** The name of the element that has the focus. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement
    return element?.getAttribute('name') || element?.textContent?.trim() || element?.tagName || ''
  })
