import { expect, test } from 'vitest'
import { expectAccessible, openWindow, signInAs } from '../chromium.ts'
import { ada, demo, grace } from '../people/people.ts'
import { ask, redeem } from '../sign-in.ts'
import { serverAndBrowser } from '../test-server.ts'
import { signInOverHttp } from './behind-password.ts'
import { expectNothingCut } from './good.ts'

// The two pages that ask for no proof: which account, and what somebody else's relying party may know.

// As long as the address of an API may well be.
const api = 'https://api.example.test/payroll-of-the-harbour/and-of-its-lighthouse'
const { house: server, browser } = await serverAndBrowser(
  (clients) =>
    `${demo(clients).replace('clients:\n', `clients:\n  travel: { client_name: Far Travel, redirect_uris: ['${clients.harbour}/callback'], policy: staff, third_party: true, resources: ['${api}'] }\n`)}resources: { '${api}': { scopes: [read] } }
scopes: { work: { department: { attribute: department } } }\n`,
)

test('which account: this one goes on; another one signs in, and is the one that is told', async () => {
  const { page, complaints, context } = await openWindow(browser, { viewport: { width: 320, height: 640 } })
  await signInOverHttp(server, context, ada)
  const first = await ask(server, 'harbour', { prompt: 'select_account' })
  await page.goto(first.url)
  await page.getByRole('heading', { name: 'Which account?' }).waitFor()
  await expectAccessible(page)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  await page.getByRole('button', { name: 'Continue as Ada Lovelace' }).click()
  await page.waitForURL(`${server.clients.harbour}/**`)
  const { sub } = (await redeem(first, page.url())).claims() ?? {}

  const second = await ask(server, 'harbour', { prompt: 'select_account' })
  await page.goto(second.url)
  await page.getByRole('button', { name: 'Use another account' }).click()
  await signInAs(page, grace)
  await page.waitForURL(`${server.clients.harbour}/**`)
  const other = (await redeem(second, page.url())).claims()?.sub
  expect(other).toBe((await server.app.context.store.people.named('grace'))?.id)
  expect(other).not.toBe(sub)
  expect(complaints).toEqual([])
  await context.close()
})

test('what may be known: the page says it, and works without its script', async () => {
  const { page, complaints, context } = await openWindow(browser)
  const asked = await ask(server, 'travel', { scope: 'openid profile email groups work read', resource: api })
  await page.goto(asked.url)
  await signInAs(page, ada)
  await page.getByRole('heading', { name: 'Share with another service?' }).waitFor()
  expect(await page.getByRole('listitem').allTextContents()).toEqual([
    'To recognise you when you come back',
    'Your name and username',
    'Your email address',
    'The groups that you’re in',
    'What its provider calls work',
    `To use ${api} for you`,
    `What ${api} calls read`,
  ])
  await expectAccessible(page)
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 })
    await expectNothingCut(page)
  }
  await page.getByRole('button', { name: 'Don’t share' }).click()
  await page.waitForURL(`${server.clients.harbour}/**error=access_denied**`)
  expect(complaints).toEqual([])
  const cookies = await context.cookies()
  await context.close()

  const plain = await openWindow(browser, { javaScriptEnabled: false })
  await plain.context.addCookies(cookies)
  const again = await ask(server, 'travel', { scope: 'openid profile' })
  await plain.page.goto(again.url)
  await plain.page.getByRole('button', { name: 'Share', exact: true }).click()
  await plain.page.waitForURL(`${server.clients.harbour}/**`)
  expect((await redeem(again, plain.page.url())).claims()?.amr).toEqual(['pwd'])
  await plain.context.close()
})
