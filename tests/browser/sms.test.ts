import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { expectAccessible, focused, openWindow, typeAndEnter } from '../chromium.ts'
import { ada, grace } from '../people/people.ts'
import { givePhone, lastCode, texting, textsAt, wrongCode } from '../phones.ts'
import { redeem } from '../sign-in.ts'
import { serverAndBrowser } from '../test-server.ts'
import { behindPassword } from './behind-password.ts'
import { expectGood } from './good.ts'

// The door of a text message, and the bench's phones.

const { house: server, browser } = await serverAndBrowser(texting('{ countries: [CH] }'))
await givePhone(server, 'ada')
await givePhone(server, 'grace', '+41797654321')
const heading = 'Check your phone'
const choice = 'Choose how to continue'
const again = (page: Page) => page.getByRole('button', { name: 'Send again' })

async function atChoice(
  person: typeof ada | typeof grace = ada,
  options = {},
  before: (page: Page) => Promise<unknown> = async () => {},
) {
  const window = await behindPassword(server, browser, person, options, before)
  await window.page.waitForSelector('.methods')
  return window
}
const text = async (page: Page) => {
  await page.getByRole('button', { name: 'Text message' }).press('Enter')
}
async function atText(...args: Parameters<typeof atChoice>) {
  const window = await atChoice(...args)
  await text(window.page)
  await window.page.waitForSelector('[name=code]')
  return window
}
const arrived = (page: Page) => page.waitForURL(`${server.clients.treasury}/**`)

test('by keyboard: masked number, a wrong code, the right one; every state is accessible and fits', async () => {
  const window = await atText()
  const { page, asked, complaints, context } = window
  expect(await page.title()).toBe('Step 2 of 2: Text message · localhost')
  expect(await focused(page)).toBe('code')
  const attributes = ['type', 'inputmode', 'autocomplete', 'maxlength']
  const known = attributes.map((name) => page.getAttribute('[name=code]', name))
  expect(await Promise.all(known)).toEqual(['text', 'numeric', 'one-time-code', null])
  expect(await page.innerText('main')).toContain('the number ending 67')
  expect(await page.content()).not.toContain('4123')
  await expectGood(window, heading)
  await page.focus('[name=code]')
  await typeAndEnter(page, wrongCode(server))
  await page.getByText('That code didn’t work. Look at the text message again').waitFor()
  expect(await focused(page)).toBe('code')
  await expectGood(window, heading)
  await page.focus('[name=code]')
  await page.keyboard.press('ControlOrMeta+A')
  await typeAndEnter(page, lastCode(server))
  await arrived(page)
  expect((await redeem(asked, page.url())).claims()?.amr).toEqual(['pwd', 'sms', 'mca', 'mfa'])
  expect(complaints).toEqual([])
  await context.close()
})

test('sending again counts down to the server’s time, also over a reload; after the third it is not offered', async () => {
  const window = await atText(grace, {}, (page) => page.clock.install())
  const { page, context, complaints } = window
  const code = lastCode(server)
  const before = textsAt(server).length
  const wait = page.getByText(/Send again in 0:\d\d/)
  await wait.waitFor()
  expect(await again(page).isVisible()).toBe(false)
  const seconds = async () => Number(/0:(\d\d)/.exec(await wait.innerText())?.[1])
  const left = await seconds()
  expect(left).toBeLessThanOrEqual(30)
  await page.reload()
  await wait.waitFor()
  expect(await seconds()).toBeLessThanOrEqual(left)
  for (const [sends, waited] of [
    [1, 31],
    [2, 61],
  ] as const) {
    await page.clock.fastForward(waited * 1000)
    server.clock.aheadMs += waited * 1000
    await page.getByRole('status').getByText('You can use “Send again” now.').waitFor({ state: 'attached' })
    await again(page).press('Enter')
    await expect.poll(() => textsAt(server).length).toBe(before + sends)
    await page.getByRole('status').getByText('We sent it again.').waitFor()
    if (sends === 1) await wait.waitFor()
    else await expect.poll(() => again(page).count()).toBe(0)
  }
  await page.getByText('We can’t send another one.').waitFor()
  expect(await page.getByRole('button', { name: 'Use another method' }).getAttribute('class')).toBe('button')
  expect(await page.getByRole('button', { name: 'Check code' }).getAttribute('class')).toBe('button quiet')
  await expectGood(window, heading)
  expect(lastCode(server)).toBe(code)
  await typeAndEnter(page, code)
  await arrived(page)
  expect(complaints).toEqual([])
  await context.close()
})

test('a phone that reads the code out of the text fills it in, and it is sent', async () => {
  const window = await atText(ada, {}, (page) =>
    page.addInitScript(() => {
      Object.assign(globalThis, { OTPCredential: class {} })
      navigator.credentials.get = (options) =>
        new Promise((resolve, reject) => {
          if (JSON.stringify(options).includes('"transport":["sms"]'))
            Object.assign(globalThis, { arrives: (code: string) => resolve({ code } as never) })
          options?.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))
        })
    }),
  )
  const { page, complaints, context } = window
  await page.evaluate(
    (code) => (globalThis as unknown as { arrives(code: string): void }).arrives(code),
    lastCode(server),
  )
  await arrived(page)
  expect(complaints).toEqual([])
  await context.close()
})

test('without JavaScript: sent, sent again too early, and answered', async () => {
  const { page, asked, complaints, context } = await atText(grace, { javaScriptEnabled: false })
  const before = textsAt(server).length
  await again(page).click()
  await page.getByText('the number ending 21').waitFor()
  expect(textsAt(server)).toHaveLength(before)
  await page.fill('[name=code]', lastCode(server))
  await page.keyboard.press('Enter')
  await arrived(page)
  expect((await redeem(asked, page.url())).claims()?.amr).toContain('sms')
  expect(complaints).toEqual([])
  await context.close()
})

test('the gateway refuses, or is late; five a day; expired: each is told, and the other ways are offered', async () => {
  const { outbox } = server.app.context.channels.sms
  if (!outbox) throw new Error('There is an outbox.')
  const window = await atChoice()
  const { page, context } = window
  for (const [chaos, told] of [
    ['fail', 'We couldn’t send a text message to the number ending 67.'],
    ['delay', 'Your text message may be late, or not come at all.'],
  ] as const) {
    outbox.chaos = chaos
    await text(page)
    await page.getByText(told).waitFor()
    await page.getByRole('button', { name: 'Work phone' }).waitFor()
  }
  outbox.chaos = 'off'
  server.clock.aheadMs += 6 * 60_000
  await text(page)
  await page.waitForSelector('[name=code]')
  await typeAndEnter(page, '123456')
  await page.getByText('That code has expired. Send a new one.').waitFor()
  await context.close()

  for (let sends = 0; sends < 2; sends++) await (await atText()).context.close()
  const last = await atChoice()
  await text(last.page)
  await last.page
    .getByText(/You’ve had as many text messages as we send in a day\. You can have another one at \d\d:\d\d/)
    .waitFor()
  await expectGood(last, choice)
  await last.context.close()
  server.clock.aheadMs += 86_400_000
})

test('the bench shows the text as it comes, and has the gateway fail', async () => {
  const window = await openWindow(browser)
  const { page, context, complaints } = window
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto(`${server.issuer}/bench`)
  await page.getByRole('heading', { name: 'Text messages' }).waitFor()
  const signIn = await atText()
  const code = lastCode(server)
  await page.getByRole('button', { name: `Copy ${code}` }).press('Enter')
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(code)
  expect(await page.innerText('.text pre')).toContain(`@localhost #${code}`)
  expect(await page.innerText('.outbox')).not.toContain('4123')
  await expectAccessible(page)
  await page.setViewportSize({ width: 320, height: 700 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  await signIn.context.close()

  await page.getByLabel('Chaos').selectOption({ label: 'the gateway refuses' })
  await expect.poll(() => server.app.context.channels.sms.outbox?.chaos).toBe('fail')
  const { page: refused, context: other } = await atChoice()
  await text(refused)
  await refused.getByText('We couldn’t send a text message to the number ending 67.').waitFor()
  await other.close()
  await page.getByLabel('Chaos').selectOption({ label: 'off' })
  await expect.poll(() => server.app.context.channels.sms.outbox?.chaos).toBe('off')
  expect(complaints).toEqual([])
  await context.close()
})

test('a number is enrolled by the code that was sent to it, and signs in', async () => {
  const window = await openWindow(browser)
  const { page, context, complaints } = window
  await page.goto(`${server.issuer}/bench`)
  const person = page.locator('.people > li', { hasText: 'Grace Hopper' })
  await person.getByText('What Grace Hopper carries').click()
  await person.getByRole('button', { name: 'Add a phone number' }).click()
  await person.getByLabel('Mobile number').fill('079 123 45 99')
  await page.keyboard.press('Enter')
  await person.getByText('No text message can be sent to that number.').waitFor()
  await person.getByLabel('Mobile number').fill('+41 79 123 45 99')
  await expectAccessible(page)
  await page.keyboard.press('Enter')
  await person.getByText('We sent a code to the number ending 99.').waitFor()
  await person.getByLabel('6-digit code').fill(wrongCode(server))
  await page.keyboard.press('Enter')
  await person.getByText('That code didn’t work.').waitFor()
  await person.getByLabel('6-digit code').fill(lastCode(server))
  await page.keyboard.press('Enter')
  await person.getByText('Text message: Number ending 99').waitFor()
  expect(complaints).toEqual([])
  await context.close()

  const { page: choosing, context: other } = await atChoice(grace)
  await choosing.getByRole('button', { name: 'Number ending 99' }).press('Enter')
  await choosing.getByText('We sent a text message to the number ending 99.').waitFor()
  await choosing.locator('[name=code]:focus').waitFor()
  await typeAndEnter(choosing, lastCode(server))
  await arrived(choosing)
  await other.close()
})
