import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { codeOf, nextStep } from '../app.ts'
import { testerFor } from '../bench.ts'
import { typeAndEnter } from '../chromium.ts'
import { ada, demo } from '../people/people.ts'
import { redeem } from '../sign-in.ts'
import { serverAndBrowser } from '../test-server.ts'
import { behindPassword } from './behind-password.ts'
import { expectGood } from './good.ts'

// Five wrong codes lock the factor: the page says until when, the choice too, and what is not locked stays usable.

const { house: server, browser } = await serverAndBrowser((clients) =>
  demo(clients).replace('[password, totp]', '[password, { oneOf: [totp, recovery-code] }]'),
)
const [phone] = ada.apps as [(typeof ada.apps)[number]]
const choice = 'Choose how to continue'

async function atTheChoice() {
  const window = await behindPassword(server, browser, ada)
  await window.page.getByRole('heading', { name: choice }).waitFor()
  return window
}
/** As the person's own clock has it: the first full minute from which it works. */
const timeOf = (instant: number) =>
  new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    Math.ceil(instant / 60_000) * 60_000,
  )
async function lockedUntil() {
  const { store } = server.app.context
  const person = await store.people.byName('ada')
  const attempts = await store.attempts.get(`totp of account ${person?.id} after a proof`)
  return attempts?.lockedUntil ?? 0
}
const methods = (page: Page) => page.locator('.method').allInnerTexts()

test('by keyboard: five wrong codes, the time, another method, and the locked one when the time has come', async () => {
  nextStep(server, 4)
  const [recovery = ''] = await testerFor(server, 'ada').recoveryCodes()
  const window = await atTheChoice()
  const { page, asked, complaints, context } = window
  expect((await methods(page)).join()).not.toContain('Too many tries')
  await page.getByRole('button', { name: 'Work phone' }).press('Enter')
  for (let failure = 0; failure < 5; failure++) {
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'code')
    const before = await page.locator('form:has([name=code]) [name=revision]').inputValue()
    await typeAndEnter(page, `00000${failure}`)
    // Not before the page is drawn anew: what is typed until then is typed into the form that was answered.
    await page.locator(`form:has([name=code]) [name=revision]:not([value="${before}"])`).waitFor({ state: 'attached' })
  }
  const time = timeOf(await lockedUntil())
  await page.getByText(`Too many tries. You can try again at ${time}.`).waitFor()
  expect(await page.title()).toMatch(/^Error: /)
  await expectGood(window, 'Enter the code from your app')

  await page.getByRole('button', { name: 'Use another method' }).press('Enter')
  const locked = `Too many tries. You can try again at ${time}.`
  await page.getByRole('button', { name: `Work phone ${locked}` }).waitFor()
  await page.getByRole('button', { name: `Tablet ${locked}` }).waitFor()
  expect((await methods(page)).filter((text) => text.includes(locked))).toHaveLength(2)
  await expectGood(window, choice)
  await page.getByRole('button', { name: 'recovery code' }).press('Enter')
  await page.waitForFunction(() => document.activeElement?.matches('.input'))
  await typeAndEnter(page, recovery)
  await page.waitForURL(`${server.clients.treasury}/**`)
  expect((await redeem(asked, page.url())).claims()?.amr).toEqual(['pwd', 'otp', 'mfa'])
  expect(complaints).toEqual([])
  await context.close()

  const later = await atTheChoice()
  expect((await methods(later.page)).filter((text) => text.includes(locked))).toHaveLength(2)
  server.clock.aheadMs += (await lockedUntil()) - Date.now() - server.clock.aheadMs + 1
  nextStep(server)
  await later.page.getByRole('button', { name: 'Work phone' }).press('Enter')
  await later.page.waitForSelector('[name=code]')
  await typeAndEnter(later.page, codeOf(server, phone))
  await later.page.waitForURL(`${server.clients.treasury}/**`)
  expect(later.complaints).toEqual([])
  await later.context.close()
})
