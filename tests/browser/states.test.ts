import { expect, test } from 'vitest'
import { openWindow, typeAndEnter } from '../chromium.ts'
import { ada, grace } from '../people/people.ts'
import { ask } from '../sign-in.ts'
import { serverAndBrowser } from '../test-server.ts'
import { expectGood } from './good.ts'

// Every state of the sign-in page.

const { house: server, browser } = await serverAndBrowser()
const window = await openWindow(browser)

const fresh = async () => {
  await window.context.clearCookies()
  const asked = await ask(server)
  await window.page.goto(asked.url)
  return asked
}
async function password() {
  await fresh()
  await window.page.fill('[name=username]', 'ada')
  await window.page.press('[name=username]', 'Enter')
  await window.page.waitForSelector('[name=password]')
}
async function wrong(times: number) {
  for (let time = 0; time < times; time++) {
    const answered = window.page.waitForResponse(/\/answer$/)
    await typeAndEnter(window.page, 'wrong')
    await answered
    await window.page.waitForFunction(() => document.querySelector<HTMLInputElement>('[name=password]')?.value === '')
  }
}

test('identifier', async () => {
  await fresh()
  await expectGood(window, 'Sign in')
})

test('identifier, refused', async () => {
  await fresh()
  await window.page.fill('[name=username]', 'a d a')
  await window.page.press('[name=username]', 'Enter')
  await window.page.getByText('A username has letters').waitFor()
  await expectGood(window, 'Sign in')
})

test('password, also from right to left', async () => {
  await password()
  await expectGood(window, 'Enter your password')
  await window.page.evaluate(() => {
    document.documentElement.dir = 'rtl'
  })
  await expectGood(window, 'Enter your password')
})

test('password, refused, then locked with the time', async () => {
  await password()
  await wrong(1)
  await expectGood(window, 'Enter your password')
  await wrong(4)
  await window.page.getByText(/Too many tries\. You can try again at \d\d:\d\d\./).waitFor()
  await expectGood(window, 'Enter your password')
  server.clock.aheadMs += 61_000
})

test('stale: another tab was first', async () => {
  await fresh()
  const { page } = window
  await page.evaluate(async () => {
    const headers = { 'content-type': 'application/json' }
    await fetch(`${location.pathname}/identify`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ username: 'ada', revision: 0 }),
    })
  })
  await page.fill('[name=username]', 'grace')
  await page.press('[name=username]', 'Enter')
  await page.getByText('This step was finished in another tab.').waitFor()
  await expectGood(window, 'Enter your password')
})

test('signed in in another tab', async () => {
  await fresh()
  const waiting = window.page.url()
  const other = await window.context.newPage()
  await other.goto((await ask(server, 'lighthouse')).url)
  await other.fill('[name=username]', 'grace')
  await other.press('[name=username]', 'Enter')
  await other.waitForSelector('[name=password]')
  await typeAndEnter(other, grace.password)
  await other.waitForURL(`${server.clients.lighthouse}/**`)
  await other.close()
  await window.page.goto(waiting)
  await expectGood(window, 'You signed in in another tab')
})

test('done, and on the way', async () => {
  await password()
  await window.page.route(/\/auth\//, (route) => route.fulfill({ status: 204 }))
  await typeAndEnter(window.page, ada.password)
  await expectGood(window, 'You’re signed in')
  await window.page.unroute(/\/auth\//)
})

test('over: expired', async () => {
  await fresh()
  server.clock.aheadMs += 16 * 60_000
  await window.page.reload()
  await window.page.getByText('It took too long').waitFor()
  expect(
    await window.page.getByRole('link', { name: 'Start again at Harbour Payroll' }).getAttribute('href'),
  ).toContain(`${server.clients.harbour}/login?iss=`)
  await expectGood(window, 'This sign-in has closed')
})

test('over: somebody else’s, or of another day', async () => {
  await window.page.goto(`${server.issuer}/sign-in/nobody`)
  await window.page.getByText('Go back to the app you came from').waitFor()
  await expectGood(window, 'This sign-in has closed')
})

test('over: cancelled', async () => {
  await fresh()
  const signIn = window.page.url()
  await window.page.getByRole('button', { name: 'Cancel' }).click()
  await window.page.waitForURL(`${server.clients.harbour}/callback?error=access_denied**`)
  await window.page.goto(signIn)
  await expectGood(window, 'You cancelled this sign-in')
})

test('over: finished', async () => {
  await password()
  const signIn = window.page.url()
  await typeAndEnter(window.page, ada.password)
  await window.page.waitForURL(`${server.clients.harbour}/**`)
  await window.page.goto(signIn)
  await expectGood(window, 'You’re signed in')
  const onward = window.page.getByRole('link', { name: 'Continue to Harbour Payroll' })
  expect(await onward.getAttribute('href')).toBe(
    `${server.clients.harbour}/login?iss=${encodeURIComponent(server.issuer)}`,
  )
})

test('over: too many refusals', async () => {
  await fresh()
  const { page } = window
  const { store } = server.app.context
  // What nobody has touched has no row yet.
  await typeAndEnter(page, 'ada')
  await page.waitForSelector('[name=password]')
  const uid = page.url().split('/').at(-1) ?? ''
  const kept = await store.documents.get('SignIn', uid)
  await store.documents.put('SignIn', uid, { ...kept?.value, refusals: 20 }, Date.now() + 3_600_000)
  await page.reload()
  await page.getByText('There were too many wrong answers.').waitFor()
  await expectGood(window, 'This sign-in has closed')
})

test('refused: somebody else was asked for', async () => {
  await window.context.clearCookies()
  const claims = JSON.stringify({ id_token: { sub: { value: 'somebody else' } } })
  await window.page.goto((await ask(server, 'harbour', { claims })).url)
  await window.page.fill('[name=username]', 'ada')
  await window.page.press('[name=username]', 'Enter')
  await window.page.waitForSelector('[name=password]')
  await typeAndEnter(window.page, ada.password)
  await expectGood(window, 'You can’t go on from here')
  await window.page.getByRole('button', { name: 'Go back to Harbour Payroll' }).click()
  await window.page.waitForURL(`${server.clients.harbour}/callback?error=login_required**`)
})

test('a view that this page’s scripts do not know: the page is loaded anew once, then keeps the way out', async () => {
  await fresh()
  const { page } = window
  await page.route(/\/(identify|answer)$/, async (route) => {
    const response = await route.fetch()
    const view = await response.json()
    const challenge = { ...view.challenge, factor: 'telepathy' }
    await route.fulfill({ response, json: { ...view, at: 'answer', username: 'ada', challenge } })
  })
  await page.fill('[name=username]', 'ada')
  await page.press('[name=username]', 'Enter')
  await page.getByRole('heading', { name: 'Enter your password' }).waitFor()
  await typeAndEnter(page, 'wrong')
  await page.getByRole('heading', { name: 'This page couldn’t be shown' }).waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.waitForURL(`${server.clients.harbour}/callback?error=access_denied**`)
  await page.unroute(/\/(identify|answer)$/)
})
