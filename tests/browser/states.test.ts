import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { expectAccessible, openWindow, typeAndEnter } from '../chromium.ts'
import { houseAndBrowser } from '../house.ts'
import { ada, grace } from '../people/people.ts'
import { ask } from '../sign-in.ts'

// Every state of every page: axe in light and dark, no sideways scrolling at 320 px, no complaint of the browser.

const { house, browser } = await houseAndBrowser()
const window = await openWindow(browser)

async function expectGood(page: Page, heading: string) {
  await page.getByRole('heading', { level: 1, name: heading }).waitFor()
  await expectAccessible(page)
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 })
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect([width, overflow]).toEqual([width, 0])
  }
  const small = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main a, main button, main .input')]
      .map((element) => ({ text: element.textContent, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 1 && (box.width < 24 || box.height < 24))
      .map(({ text }) => text),
  )
  expect(small).toEqual([])
  expect(window.complaints).toEqual([])
}

const fresh = async () => {
  await window.context.clearCookies()
  const asked = await ask(house)
  await window.page.goto(asked.url)
  return asked
}
async function password() {
  await fresh()
  await window.page.fill('#username', 'ada')
  await window.page.press('#username', 'Enter')
  await window.page.waitForSelector('#password')
}
async function wrong(times: number) {
  for (let time = 0; time < times; time++) {
    const answered = window.page.waitForResponse(/\/answer$/)
    await typeAndEnter(window.page, 'wrong')
    await answered
    await window.page.waitForFunction(() => document.querySelector<HTMLInputElement>('#password')?.value === '')
  }
}

describe('the sign-in page', () => {
  test('identifier', async () => {
    await fresh()
    await expectGood(window.page, 'Sign in')
  })

  test('identifier, refused', async () => {
    await fresh()
    await window.page.fill('#username', 'a d a')
    await window.page.press('#username', 'Enter')
    await window.page.getByText('A username has letters').waitFor()
    await expectGood(window.page, 'Sign in')
  })

  test('password', async () => {
    await password()
    await expectGood(window.page, 'Enter your password')
  })

  test('password, refused, then locked with the time', async () => {
    await password()
    await wrong(1)
    await expectGood(window.page, 'Enter your password')
    await wrong(4)
    await window.page.getByText(/Too many tries\. You can try again at \d\d:\d\d\./).waitFor()
    await expectGood(window.page, 'Enter your password')
    house.clock.aheadMs += 61_000
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
    await page.fill('#username', 'grace')
    await page.press('#username', 'Enter')
    await page.getByText('This step was finished in another tab.').waitFor()
    await expectGood(page, 'Enter your password')
  })

  test('signed in in another tab', async () => {
    await fresh()
    const waiting = window.page.url()
    const other = await window.context.newPage()
    await other.goto((await ask(house, 'lighthouse')).url)
    await other.fill('#username', 'grace')
    await other.press('#username', 'Enter')
    await other.waitForSelector('#password')
    await typeAndEnter(other, grace.password)
    await other.waitForURL(`${house.clients.lighthouse}/**`)
    await other.close()
    await window.page.goto(waiting)
    await expectGood(window.page, 'You signed in in another tab')
  })

  test('done, and on the way', async () => {
    await password()
    await window.page.route(/\/auth\//, (route) => route.fulfill({ status: 204 }))
    await typeAndEnter(window.page, ada.password)
    await expectGood(window.page, 'You’re signed in')
    await window.page.unroute(/\/auth\//)
  })

  test('over: expired', async () => {
    await fresh()
    house.clock.aheadMs += 16 * 60_000
    await window.page.reload()
    await window.page.getByText('It took too long').waitFor()
    expect(
      await window.page.getByRole('link', { name: 'Start again at Harbour Payroll' }).getAttribute('href'),
    ).toContain(`${house.clients.harbour}/login?iss=`)
    await expectGood(window.page, 'This sign-in has closed')
  })

  test('over: somebody else’s, or of another day', async () => {
    await window.page.goto(`${house.issuer}/sign-in/nobody`)
    await window.page.getByText('Go back to the app you came from').waitFor()
    await expectGood(window.page, 'This sign-in has closed')
  })

  test('over: cancelled', async () => {
    await fresh()
    const signIn = window.page.url()
    await window.page.getByRole('button', { name: 'Cancel' }).click()
    await window.page.waitForURL(`${house.clients.harbour}/**`)
    await window.page.goto(signIn)
    await expectGood(window.page, 'You cancelled this sign-in')
  })

  test('over: finished', async () => {
    await password()
    const signIn = window.page.url()
    await typeAndEnter(window.page, ada.password)
    await window.page.waitForURL(`${house.clients.harbour}/**`)
    await window.page.goto(signIn)
    await expectGood(window.page, 'You’re signed in')
  })

  test('over: too many refusals', async () => {
    await fresh()
    const { page } = window
    const { store } = house.app.house
    const uid = page.url().split('/').at(-1) ?? ''
    const kept = await store.documents.get('SignIn', uid)
    await store.documents.put('SignIn', uid, { ...kept?.value, refusals: 20 }, Date.now() + 3_600_000)
    await page.reload()
    await page.getByText('There were too many wrong answers.').waitFor()
    await expectGood(page, 'This sign-in has closed')
  })

  test('refused: somebody else was asked for', async () => {
    await window.context.clearCookies()
    const claims = JSON.stringify({ id_token: { sub: { value: 'somebody else' } } })
    await window.page.goto((await ask(house, 'harbour', { claims })).url)
    await window.page.fill('#username', 'ada')
    await window.page.press('#username', 'Enter')
    await window.page.waitForSelector('#password')
    await typeAndEnter(window.page, ada.password)
    await expectGood(window.page, 'You can’t go on from here')
    await window.page.getByRole('button', { name: 'Go back to Harbour Payroll' }).click()
    await window.page.waitForURL(`${house.clients.harbour}/callback?error=login_required**`)
  })

  test('from right to left', async () => {
    await password()
    await window.page.evaluate(() => {
      document.documentElement.dir = 'rtl'
    })
    await expectGood(window.page, 'Enter your password')
  })
})

describe('the other pages', () => {
  test('a request that cannot be used', async () => {
    const { url } = await ask(house)
    await window.page.goto(url.replace('%2Fcallback', '%2Felsewhere'))
    await window.page.getByText('Harbour Payroll sent a request that we can’t use.').waitFor()
    await window.page.getByText('For its developers').click()
    await window.page.getByText('redirect_uri').waitFor()
    await expectGood(window.page, 'Something isn’t right')
  })

  test('nothing there', async () => {
    await window.page.goto(`${house.issuer}/nothing`)
    await expectGood(window.page, 'There’s nothing here')
  })

  test('broken on our side', async () => {
    await fresh()
    const { store } = house.app.house
    const named = store.people.named
    Object.assign(store.people, { named: () => Promise.reject(new Error('the store is broken')) })
    const { page } = window
    await page.fill('#username', 'ada')
    await page.evaluate(() => document.querySelector('form')?.submit())
    await page.getByText(/Reference [0-9A-F]{10}/).waitFor()
    Object.assign(store.people, { named })
    expect(await page.textContent('body')).not.toContain('the store is broken')
    await expectAccessible(page)
  })

  test('the front page', async () => {
    await window.page.goto(house.issuer)
    await expectGood(window.page, 'Welcome')
  })

  test('sign-out, asked and done', async () => {
    await password()
    await typeAndEnter(window.page, ada.password)
    await window.page.waitForURL(`${house.clients.harbour}/**`)
    await window.page.goto(`${house.issuer}/session/end?client_id=harbour`)
    await window.page.getByText('Harbour Payroll asks to sign you out').waitFor()
    await expectGood(window.page, 'Sign out?')
    await window.page.getByRole('button', { name: 'Stay signed in' }).click()
    await expectGood(window.page, 'You’re still signed in')
    await window.page.goto(`${house.issuer}/session/end?client_id=harbour`)
    await window.page.getByRole('button', { name: 'Sign out' }).click()
    await expectGood(window.page, 'You’re signed out')
  })

  test('sign-out leads back to the client that asked', async () => {
    await password()
    await typeAndEnter(window.page, ada.password)
    await window.page.waitForURL(`${house.clients.harbour}/**`)
    const back = encodeURIComponent(`${house.clients.harbour}/`)
    await window.page.goto(`${house.issuer}/session/end?client_id=harbour&post_logout_redirect_uri=${back}`)
    await window.page.getByRole('button', { name: 'Sign out' }).click()
    await window.page.waitForURL(`${house.clients.harbour}/`)
    expect(window.complaints).toEqual([])
  })

  test('a client’s own error codes reach it', async () => {
    await window.page.goto((await ask(house, 'harbour', { prompt: 'none' })).url)
    await window.page.waitForURL(`${house.clients.harbour}/callback?error=login_required**`)
  })
})
