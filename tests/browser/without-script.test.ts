import { expect, test } from 'vitest'
import { openWindow } from '../chromium.ts'
import { houseAndBrowser } from '../house.ts'
import { ada } from '../people/people.ts'
import { ask, redeem } from '../sign-in.ts'

// The first view is server-rendered and its forms post natively: before the script has arrived, and without any.

const { house, browser } = await houseAndBrowser()

async function arrive() {
  const window = await openWindow(browser, { javaScriptEnabled: false })
  const asked = await ask(house)
  await window.page.goto(asked.url)
  return { ...window, asked, signInPage: window.page.url() }
}

test('a sign-in with JavaScript off, with mistakes in it', async () => {
  const { page, asked, complaints, context, signInPage } = await arrive()
  expect(await page.textContent('noscript')).toContain('without JavaScript')
  await page.fill('#username', 'a d a')
  await page.keyboard.press('Enter')
  await page.getByText('A username has letters').waitFor()
  expect(await page.inputValue('#username')).toBe('a d a')

  await page.fill('#username', 'ada')
  await page.keyboard.press('Enter')
  await page.waitForSelector('#password')
  expect(page.url()).toBe(signInPage)
  await page.fill('#password', 'wrong')
  await page.keyboard.press('Enter')
  await page.getByText('That username and password don’t match.').waitFor()
  expect(page.url()).toBe(signInPage)

  await page.fill('#password', ada.password)
  await page.keyboard.press('Enter')
  await page.waitForURL(`${house.clients.harbour}/**`)
  expect((await redeem(asked, page.url())).claims()?.amr).toEqual(['pwd'])
  expect(complaints).toEqual([])
  await context.close()
})

test('“Not you?” and Cancel work too', async () => {
  const { page, context } = await arrive()
  await page.fill('#username', 'ada')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Not you?' }).click()
  await page.waitForSelector('#username')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.waitForURL(/error=access_denied/)
  await context.close()
})

test('a form that was open in two tabs is answered with the page as it is now', async () => {
  const { page, context, signInPage } = await arrive()
  const second = await context.newPage()
  await second.goto(signInPage)
  await page.fill('#username', 'ada')
  await page.keyboard.press('Enter')
  await page.waitForSelector('#password')
  await second.fill('#username', 'grace')
  await second.keyboard.press('Enter')
  await second.getByText('This step was finished in another tab.').waitFor()
  expect(await second.textContent('.sub')).toContain('ada')
  await context.close()
})

test('the whole page is there before the script: as early as a plain page', async () => {
  const { page, context } = await arrive()
  const script = await page.getAttribute('script[src]', 'src')
  const { headers, body } = await fetch(`${house.issuer}${script}`, { headers: { 'accept-encoding': 'br' } }).then(
    async (response) => ({ headers: response.headers, body: await response.arrayBuffer() }),
  )
  expect(headers.get('content-encoding')).toBe('br')
  expect(headers.get('cache-control')).toContain('immutable')
  expect(body.byteLength).toBeGreaterThan(0)
  await context.close()
})
