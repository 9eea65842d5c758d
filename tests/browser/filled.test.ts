import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openWindow } from '../chromium.ts'
import { ada, grace } from '../people/people.ts'
import { ask, redeem } from '../sign-in.ts'
import { serverAndBrowser, serverForAll } from '../test-server.ts'

// A password manager fills the name and, beside it, a password field that nobody sees: one press of Continue signs in.

const { house: server, browser } = await serverAndBrowser()
/** Asks for a code first, or else for a password. */
const codesFirst = await serverForAll(
  ({ harbour }) => `
bench: { people: people.yaml }
policies: { either: { rules: [{ name: everyone, then: { primary: [totp], secondary: [password] } }] } }
clients: { harbour: { client_name: Harbour Payroll, redirect_uris: ['${harbour}/callback'], policy: either } }`,
)

async function arrive(javaScriptEnabled = true, at = server) {
  const window = await openWindow(browser, { javaScriptEnabled })
  const asked = await ask(at)
  await window.page.goto(asked.url)
  const posts: { readonly path: string; readonly body: string }[] = []
  window.page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (request.method() === 'POST')
      posts.push({ path: pathname.split('/').at(-1) ?? '', body: request.postData() ?? '' })
  })
  return { ...window, asked, posts, signInPage: window.page.url() }
}

/** Fills as managers do: the values, and an event for each that says nothing of keys. */
const filled = (page: Page, values: { username: string; password: string }) =>
  page.evaluate((both) => {
    for (const [name, value] of [
      ['username', both.username],
      ['current-password', both.password],
    ] as const) {
      const field = document.querySelector<HTMLInputElement>(`[autocomplete^=${name}]`)
      if (!field) throw new Error(name)
      field.value = value
      field.dispatchEvent(new Event('input', { bubbles: true }))
      field.dispatchEvent(new Event('change', { bubbles: true }))
    }
  }, values)
const login = ({ username, password }: typeof ada) => ({ username, password })

test('nobody sees or reaches the password field beside the name', async () => {
  const { page, context } = await arrive()
  const field = page.locator('[type=password]')
  expect(await field.getAttribute('aria-hidden')).toBe('true')
  expect(await field.getAttribute('tabindex')).toBe('-1')
  expect(await field.getAttribute('autocomplete')).toBe('current-password')
  expect(await field.evaluate((one) => getComputedStyle(one).display)).not.toBe('none')
  expect(await page.getByRole('textbox').count()).toBe(1)
  await page.focus('[name=username]')
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Continue')
  await context.close()
})

test('both are sent in one request, and the reply leads on', async () => {
  const { page, posts, complaints, asked, context } = await arrive()
  await filled(page, login(ada))
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.waitForURL(`${server.clients.harbour}/**`)
  expect(posts.map(({ path }) => path)).toEqual(['identify'])
  expect((await redeem(asked, page.url())).claims()?.amr).toEqual(['pwd'])
  expect(complaints).toEqual([])
  await context.close()
})

test('a wrong one is refused at its own step, which has the name, and not the password again', async () => {
  const { page, posts, complaints, context } = await arrive()
  await filled(page, { username: 'ada', password: 'an old password of hers' })
  await page.keyboard.press('Enter')
  await page.getByText('That username and password don’t match.').waitFor()
  expect(await page.textContent('.sub')).toContain('ada')
  expect(await page.inputValue('[name=password]')).toBe('')
  expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('password')
  await page.keyboard.type(ada.password)
  await page.keyboard.press('Enter')
  await page.waitForURL(`${server.clients.harbour}/**`)
  expect(posts.map(({ path }) => path)).toEqual(['identify', 'answer'])
  expect(complaints.filter((one) => !one.includes('422'))).toEqual([])
  await context.close()
})

test('whoever types another name after it was filled has given no password', async () => {
  const { page, posts, context } = await arrive()
  await filled(page, login(grace))
  await page.focus('[name=username]')
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type('ada')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Not you?' }).waitFor()
  expect(posts.map(({ body }) => body).join()).not.toContain('password')
  expect(await page.getByText('don’t match').count()).toBe(0)
  expect(await page.inputValue('[name=password]')).toBe('')
  await context.close()
})

test('without script the form sends both, and is led on by its own page', async () => {
  const { page, complaints, asked, context } = await arrive(false)
  await page.fill('[name=username]', 'ada')
  await page.fill('[type=password]', ada.password, { force: true })
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.waitForURL(`${server.clients.harbour}/**`)
  expect((await redeem(asked, page.url())).claims()?.amr).toEqual(['pwd'])
  expect(complaints).toEqual([])
  await context.close()
})

test('… and a wrong one leads to the password’s own step, at the same address', async () => {
  const { page, signInPage, context } = await arrive(false)
  await page.fill('[name=username]', 'ada')
  await page.fill('[type=password]', 'an old password of hers', { force: true })
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('That username and password don’t match.').waitFor()
  expect(page.url()).toBe(signInPage)
  expect(await page.textContent('.sub')).toContain('ada')
  await page.fill('[name=password]', ada.password)
  await page.keyboard.press('Enter')
  await page.waitForURL(`${server.clients.harbour}/**`)
  await context.close()
})

test('where another question comes first, what was filled waits for the password’s own step', async () => {
  const { page, posts, context } = await arrive(true, codesFirst)
  await filled(page, login(ada))
  await page.keyboard.press('Enter')
  await page.waitForSelector('[autocomplete=one-time-code]')
  await page.getByRole('button', { name: 'Use another method' }).click()
  await page.getByRole('button', { name: 'Password' }).click()
  await page.waitForSelector('[name=password]')
  expect(await page.inputValue('[name=password]')).toBe(ada.password)
  await page.focus('[name=password]')
  await page.keyboard.press('Enter')
  await page.waitForURL(`${codesFirst.clients.harbour}/**`)
  expect(posts.map(({ path }) => path)).toEqual(['identify', 'challenge', 'challenge', 'answer'])
  await context.close()
})
