import { expect, test } from 'vitest'
import { expectAccessible, openWindow } from '../chromium.ts'
import { ada } from '../people/people.ts'
import { ask } from '../sign-in.ts'
import { serverAndBrowser } from '../test-server.ts'
import { signInOverHttp } from './behind-password.ts'
import { expectGood } from './good.ts'

// Every page that is no step of a sign-in.

const { house: server, browser } = await serverAndBrowser()
const window = await openWindow(browser)

const signedIn = () => signInOverHttp(server, window.context, ada)

test('a request that cannot be used', async () => {
  const { url } = await ask(server)
  await window.page.goto(url.replace('%2Fcallback', '%2Felsewhere'))
  await window.page.getByText('Harbour Payroll sent a request that we can’t use.').waitFor()
  await window.page.getByText('For its developers').click()
  await window.page.getByText('redirect_uri').waitFor()
  await expectGood(window, 'Something isn’t right')
})

test('nothing there', async () => {
  await window.page.goto(`${server.issuer}/nothing`)
  await expectGood(window, 'There’s nothing here')
})

test('what a problem means', async () => {
  await window.page.goto(`${server.issuer}/problems/too-many-requests`)
  await window.page.getByText('Wait for the seconds that Retry-After gives.').waitFor()
  await expectGood(window, 'Many sign-ins were begun from your network in this minute.')
})

test('broken on our side', async () => {
  await window.page.goto((await ask(server)).url)
  const { store } = server.app.context
  const { byName } = store.people
  Object.assign(store.people, { byName: () => Promise.reject(new Error('the store is broken')) })
  const { page } = window
  await page.fill('[name=username]', 'ada')
  await page.evaluate(() => document.querySelector('form')?.submit())
  await page.getByText(/Reference [0-9A-F]{10}/).waitFor()
  Object.assign(store.people, { byName })
  expect(await page.textContent('body')).not.toContain('the store is broken')
  await expectAccessible(page)
})

test('the front page', async () => {
  await window.page.goto(server.issuer)
  await expectGood(window, 'Welcome')
})

test('a colour scheme that is chosen for a page is followed, whatever the system’s is', async () => {
  const { page } = window
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto(server.issuer)
  const background = (scheme: string) =>
    page.evaluate((chosen) => {
      document.documentElement.style.colorScheme = chosen
      return getComputedStyle(document.body).backgroundColor
    }, scheme)
  expect(await background('dark')).not.toBe(await background('light'))
})

test('sign-out, asked and done', async () => {
  await signedIn()
  await window.page.goto(`${server.issuer}/session/end?client_id=harbour`)
  await window.page.getByText('Harbour Payroll asks to sign you out').waitFor()
  await expectGood(window, 'Sign out?')
  await window.page.getByRole('button', { name: 'Stay signed in' }).click()
  await expectGood(window, 'You’re still signed in')
  await window.page.goto(`${server.issuer}/session/end?client_id=harbour`)
  await window.page.getByRole('button', { name: 'Sign out' }).click()
  await expectGood(window, 'You’re signed out')
})

test('sign-out leads back to the client that asked', async () => {
  await signedIn()
  const back = encodeURIComponent(`${server.clients.harbour}/`)
  await window.page.goto(`${server.issuer}/session/end?client_id=harbour&post_logout_redirect_uri=${back}`)
  await window.page.getByRole('button', { name: 'Sign out' }).click()
  await window.page.waitForURL(`${server.clients.harbour}/`)
  expect(window.complaints).toEqual([])
})

test('a client’s own error codes reach it', async () => {
  await window.page.goto((await ask(server, 'harbour', { prompt: 'none' })).url)
  await window.page.waitForURL(`${server.clients.harbour}/callback?error=login_required**`)
})
