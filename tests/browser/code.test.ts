import type { Page } from 'playwright-core'
import { beforeEach, expect, test } from 'vitest'
import { codeOf, nextStep } from '../app.ts'
import { describedAs, focused, typeAndEnter } from '../chromium.ts'
import { ada } from '../people/people.ts'
import { redeem } from '../sign-in.ts'
import { serverAndBrowser } from '../test-server.ts'
import { behindPassword } from './behind-password.ts'
import { expectGood } from './good.ts'

// The door of an authenticator app: one real field, which phones fill, and which sends by itself only what nobody typed.

const { house: server, browser } = await serverAndBrowser()
const [phone] = ada.apps as [(typeof ada.apps)[number]]
const heading = 'Enter the code from your app'
beforeEach(() => nextStep(server, 40))

async function atTheCode(options = {}) {
  const window = await behindPassword(server, browser, ada, options)
  const { page } = window
  await page.waitForSelector('.methods, [name=code]')
  if (await page.$('.methods')) await page.getByRole('button', { name: 'Work phone' }).click()
  await page.waitForSelector('[name=code]')
  await onThePhone(page)
  return { ...window, sent: answersOf(page) }
}
/** Ada has two apps, and the one that was used last comes first. */
async function onThePhone(page: Page) {
  if (await page.getByText('Using “Work phone”').isVisible()) return
  await page.getByRole('button', { name: 'Use another method' }).click()
  await page.getByRole('button', { name: 'Work phone' }).click()
  await page.getByText('Using “Work phone”').waitFor()
}
/** The codes that are sent from here on, by the script or by the form itself. */
function answersOf(page: Page): readonly string[] {
  const sent: string[] = []
  page.on('request', (request) => {
    if (!request.url().endsWith('/answer')) return
    const { answer, code } = request.postDataJSON()
    sent.push(answer?.code ?? code)
  })
  return sent
}
const arrived = (page: Page) => page.waitForURL(`${server.clients.treasury}/**`)
const selected = (page: Page) =>
  page.evaluate(() => {
    const field = document.querySelector<HTMLInputElement>('[name=code]')
    return field?.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0)
  })
async function paste(page: Page, text: string) {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text)
  await page.keyboard.press('ControlOrMeta+V')
}

test('by keyboard: a wrong code, a used one, and the next one; every state is accessible and fits', async () => {
  const first = await atTheCode()
  await typeAndEnter(first.page, codeOf(server, phone))
  await arrived(first.page)
  await first.context.close()

  const window = await atTheCode()
  const { page, asked, complaints, context } = window
  expect(await page.title()).toBe('Step 2 of 2: App code · localhost')
  expect(await focused(page)).toBe('code')
  await page.getByLabel('6-digit code for ada').waitFor()
  // The field is one that phones know.
  const attributes = ['type', 'inputmode', 'autocomplete', 'maxlength', 'pattern']
  const known = attributes.map((name) => page.getAttribute('[name=code]', name))
  expect(await Promise.all(known)).toEqual(['text', 'numeric', 'one-time-code', null, null])
  expect(await page.locator('main input:not([type=hidden])').count()).toBe(1)
  await expectGood(window, heading)
  await page.focus('[name=code]')
  await typeAndEnter(page, '000000')
  await page.getByText('That code didn’t work. Wait for your app to show a new one, then enter it.').waitFor()
  expect(await page.title()).toBe('Error: Step 2 of 2: App code · localhost')
  expect(await focused(page)).toBe('code')
  expect(await page.getAttribute('[name=code]', 'aria-invalid')).toBe('true')
  expect(await describedAs(page, '[name=code]')).toContain('That code didn’t work.')
  expect(await selected(page)).toBe('000000')
  await expectGood(window, heading)

  await page.focus('[name=code]')
  await page.keyboard.press('ControlOrMeta+A')
  await typeAndEnter(page, codeOf(server, phone))
  await page.getByText('You’ve used that code already. Wait for the next one.').waitFor()
  expect(await selected(page)).toBe(codeOf(server, phone))
  for (const dir of ['rtl', 'ltr']) {
    await page.evaluate((to) => {
      document.documentElement.dir = to
    }, dir)
    await expectGood(window, heading)
  }
  nextStep(server)
  await page.focus('[name=code]')
  await page.keyboard.press('ControlOrMeta+A')
  await typeAndEnter(page, codeOf(server, phone))
  await arrived(page)
  expect((await redeem(asked, page.url())).claims()?.amr).toEqual(['pwd', 'otp', 'mfa'])
  expect(complaints).toEqual([])
  await context.close()
})

test('what is typed waits for Enter; what is pasted is sent, without its spaces', async () => {
  const { page, sent, context } = await atTheCode()
  await page.keyboard.type('123 456')
  await page.waitForTimeout(300)
  expect(sent).toEqual([])
  await page.keyboard.press('Enter')
  await page.getByText('That code didn’t work.').waitFor()
  expect(sent).toEqual(['123456'])
  const code = codeOf(server, phone)
  await paste(page, ` ${code.slice(0, 3)}-${code.slice(3)} `)
  await arrived(page)
  expect(sent).toEqual(['123456', code])
  await context.close()
})

test('a piece that is pasted is not sent', async () => {
  const { page, sent, context } = await atTheCode()
  await paste(page, '12345')
  await page.waitForTimeout(300)
  expect(sent).toEqual([])
  await paste(page, '67')
  await page.waitForTimeout(300)
  expect(sent).toEqual([])
  await context.close()
})

test('what a phone fills in is sent once, though it says so twice and Enter is pressed', async () => {
  const { page, sent, context } = await atTheCode()
  const code = codeOf(server, phone)
  await page.evaluate((filled) => {
    const field = document.querySelector<HTMLInputElement>('[name=code]')
    for (let time = 0; field && time < 2; time++) {
      field.value = filled
      field.dispatchEvent(new Event('input', { bubbles: true }))
    }
  }, code)
  await page.keyboard.press('Enter')
  await arrived(page)
  expect(sent).toEqual([code])
  await context.close()
})

test('without JavaScript', async () => {
  const { page, asked, sent, complaints, context } = await atTheCode({ javaScriptEnabled: false })
  await page.fill('[name=code]', '000 000')
  await page.keyboard.press('Enter')
  await page.getByText('That code didn’t work.').waitFor()
  const code = codeOf(server, phone)
  const typed = `${code.slice(0, 3)} ${code.slice(3)}`
  await page.fill('[name=code]', typed)
  await page.keyboard.press('Enter')
  await arrived(page)
  expect(sent).toEqual(['000 000', typed])
  expect((await redeem(asked, page.url())).claims()?.amr).toEqual(['pwd', 'otp', 'mfa'])
  expect(complaints).toEqual([])
  await context.close()
})

test('several apps: the choice names them, by keyboard, the last used first', async () => {
  const window = await atTheCode()
  const { page, context, complaints } = window
  await page.getByRole('button', { name: 'Use another method' }).focus()
  await page.keyboard.press('Enter')
  await page.waitForSelector('.methods')
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
  await expectGood(window, 'Choose how to continue')
  expect(await page.getByText('Last used').count()).toBe(1)
  expect(await page.textContent('.method')).toContain('Work phone')
  await page.getByRole('button', { name: 'Tablet' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Using “Tablet”').waitFor()
  expect(complaints).toEqual([])
  await context.close()
})
