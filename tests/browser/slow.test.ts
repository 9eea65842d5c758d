import { expect, test } from 'vitest'
import { expectAccessible, openWindow, typeAndEnter } from '../chromium.ts'
import { ada } from '../people/people.ts'
import { ask } from '../sign-in.ts'
import { serverAndBrowser } from '../test-server.ts'

const { house: server, browser } = await serverAndBrowser()

async function arrive(time = Date.now()) {
  const window = await openWindow(browser)
  await window.page.clock.install({ time })
  await window.page.goto((await ask(server)).url)
  await window.page.waitForSelector('[name=username]')
  return window
}

test('a slow answer is said to be awaited, and a second press sends nothing', async () => {
  const { page, context } = await arrive()
  let requests = 0
  let release = () => {}
  await page.route(/\/identify$/, async (route) => {
    requests++
    await new Promise<void>((resolve) => {
      release = resolve
    })
    await route.continue()
  })
  await typeAndEnter(page, 'ada')
  await page.keyboard.press('Enter')
  expect(await page.getAttribute('button.button', 'aria-busy')).toBe('true')
  await page.clock.runFor(10_500)
  await page.getByText('Still checking…').waitFor()
  await expectAccessible(page)
  release()
  await page.waitForSelector('[name=password]')
  expect(requests).toBe(1)
  await context.close()
})

test('when nobody answers it says so, tries again, and loses nothing', async () => {
  const { page, context } = await arrive()
  await page.route(/\/identify$/, (route) => route.abort())
  await typeAndEnter(page, 'ada')
  await page.getByText('We can’t reach localhost.').waitFor()
  expect(await page.inputValue('[name=username]')).toBe('ada')
  await expectAccessible(page)
  await page.unroute(/\/identify$/)
  await page.getByRole('button', { name: 'Try now' }).click()
  await page.waitForSelector('[name=password]')
  await context.close()
})

test('what cannot be read is said, and not sent again and again', async () => {
  const { page, context } = await arrive()
  await typeAndEnter(page, 'ada')
  await page.waitForSelector('[name=password]')
  await page.fill('[name=password]', 'a password with a tab\t')
  let requests = 0
  page.on('request', (request) => {
    if (request.url().endsWith('/answer')) requests++
  })
  await page.keyboard.press('Enter')
  await page.getByText('That couldn’t be read.').waitFor()
  await page.clock.runFor(12_000)
  expect(requests).toBe(1)
  expect(await page.inputValue('[name=password]')).toBe('a password with a tab\t')
  await context.close()
})

test('it tries again by itself', async () => {
  const { page, context } = await arrive()
  await page.route(/\/identify$/, (route) => route.abort(), { times: 1 })
  await typeAndEnter(page, 'ada')
  await page.getByText('We can’t reach localhost.').waitFor()
  await page.clock.runFor(5_500)
  await page.waitForSelector('[name=password]')
  await context.close()
})

test('a look that is answered late does not bring back the step before', async () => {
  const { page, context } = await arrive()
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  const { promise: seen, resolve: see } = Promise.withResolvers<void>()
  await page.route(/\/view$/, async (route) => {
    const response = await route.fetch()
    see()
    await held
    await route.fulfill({ response })
  })
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await seen
  await typeAndEnter(page, 'ada')
  await page.waitForSelector('[name=password]')
  const looked = page.waitForResponse(/\/view$/)
  release()
  await (await looked).finished()
  await page.evaluate(() => new Promise((drawn) => setTimeout(drawn, 100)))
  expect(await page.locator('[name=username]').count()).toBe(0)
  expect(await page.locator('[name=password]').count()).toBe(1)
  await context.close()
})

test('a browser whose clock is twenty minutes fast is not warned of the end at the beginning', async () => {
  const { page, context } = await arrive(Date.now() + 20 * 60_000)
  await page.clock.runFor(13 * 60_000)
  expect(await page.getByText('This sign-in closes at').count()).toBe(0)
  await page.clock.runFor(60_000 + 5_000)
  await page.getByText('This sign-in closes at').waitFor()
  await context.close()
})

test('a minute before a sign-in closes it says so, and one press keeps it open', async () => {
  const { page, context } = await arrive()
  await typeAndEnter(page, 'ada')
  await page.waitForSelector('[name=password]')
  await page.clock.runFor(14 * 60_000 + 5_000)
  server.clock.aheadMs += 14 * 60_000
  await page.getByText(/This sign-in closes at \d\d:\d\d\./).waitFor()
  await expectAccessible(page)
  await page.fill('[name=password]', 'half a passw')
  await page.getByRole('button', { name: 'Keep it open' }).click()
  await page.getByText('This sign-in stays open.').waitFor()
  expect(await page.inputValue('[name=password]')).toBe('half a passw')
  await page.getByText(/This sign-in closes at/).waitFor({ state: 'detached' })
  server.clock.aheadMs += 5 * 60_000
  await page.fill('[name=password]', '')
  await page.focus('[name=password]')
  await typeAndEnter(page, ada.password)
  await page.waitForURL(`${server.clients.harbour}/**`)
  await context.close()
})
