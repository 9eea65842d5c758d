import { expect, test } from 'vitest'
import { testerFor } from '../bench.ts'
import { focused, openWindow } from '../chromium.ts'
import { enrolPasskey, withPasskeys } from '../passkey.ts'
import { grace } from '../people/people.ts'
import { serverAndBrowser } from '../test-server.ts'
import { plugIn } from '../virtual-authenticator.ts'
import { expectGood } from './good.ts'
import { noneUsed, passkeyWindows, press } from './passkey-windows.ts'

// The pages on which a passkey is asked for: left, waiting, in two tabs, without what they need.

const { house: server, browser } = await serverAndBrowser(withPasskeys)
const { window, arrive, claimsOf, withPassword, toTheSecondDoor } = passkeyWindows(server, browser)

test('a prompt that was cancelled costs nothing, and the page says so; a second press works', async () => {
  const passkey = await enrolPasskey(server, 'ada')
  const opened = await window()
  const { page, context } = opened
  const device = await plugIn(page, [passkey], { verified: false })
  const answers: string[] = []
  page.on('request', (request) => request.url().endsWith('/answer') && answers.push(request.url()))
  for (const [toPage, name] of [
    [arrive, 'Use a passkey'],
    [toTheSecondDoor, 'Continue with passkey'],
  ] as const) {
    await device.passes(false)
    const asked = await toPage(page)
    const before = answers.length
    await press(page, name)
    await page.getByRole('status').getByText(noneUsed).waitFor()
    expect(answers).toHaveLength(before)
    await device.passes(true)
    await press(page, name)
    await claimsOf(page, asked)
    await page.context().clearCookies()
  }
  await context.close()
})

test('a second ceremony in another tab: the first answer counts, and the other one is told', async () => {
  const passkey = await enrolPasskey(server, 'ada')
  const { page, context } = await window()
  await plugIn(page, [passkey])
  const asked = await toTheSecondDoor(page)
  const other = await context.newPage()
  await plugIn(other, [passkey])
  await other.goto(page.url())
  await other.getByRole('heading', { name: 'Confirm it’s you' }).waitFor()
  // Both have the same challenge open; the other tab's answer is on its way for a while.
  let goOn = () => {}
  await other.route('**/answer', (route) =>
    new Promise<void>((resolve) => (goOn = resolve)).then(() => route.continue()),
  )
  await press(other, 'Continue with passkey')
  await press(page, 'Continue with passkey')
  expect((await claimsOf(page, asked))?.amr).toEqual(['pwd', 'hwk', 'user', 'mfa'])
  goOn()
  await other.getByRole('heading', { name: 'You’re signed in' }).waitFor()
  await context.close()
})

test('a page that waits gets a new challenge every minute, and the focus stays where it is', async () => {
  const passkey = await enrolPasskey(server, 'ada')
  const { page, context } = await window()
  await plugIn(page, [passkey])
  await page.clock.install()
  const asked = await toTheSecondDoor(page)
  await page.getByRole('button', { name: 'Continue with passkey' }).focus()
  const challenges = new Set<string>()
  for (let minute = 0; minute < 3; minute++) {
    server.clock.aheadMs += 61_000
    const looked = page.waitForResponse('**/view')
    await page.clock.fastForward(61_000)
    challenges.add((await (await looked).json()).challenge.prompt.challenge)
  }
  expect(challenges.size).toBe(3)
  expect(await focused(page)).toBe('Continue with passkey')
  await page.keyboard.press('Enter')
  expect((await claimsOf(page, asked))?.amr).toEqual(['pwd', 'hwk', 'user', 'mfa'])
  await context.close()
})

test('somebody without a second factor makes a passkey on the way, and is asked for it', async () => {
  for (const { id, factor } of await testerFor(server, 'grace').carries())
    if (factor !== 'password') await testerFor(server, 'grace').remove(id)
  const opened = await window()
  const { page, context } = opened
  const device = await plugIn(page, [], { verified: false })
  const asked = await withPassword(page, 'gatehouse', grace)
  await press(page, 'Add a passkey')
  await expectGood(opened, 'Add a passkey')
  await press(page, 'Create passkey')
  await page.getByRole('status').getByText(noneUsed).waitFor()
  await device.passes(true)
  await press(page, 'Create passkey')
  await page.getByRole('heading', { name: 'Confirm it’s you' }).waitFor()
  expect(await page.title()).toBe('Step 2 of 2: Passkey · localhost')
  await press(page, 'Continue with passkey')
  expect((await claimsOf(page, asked))?.amr).toEqual(['pwd', 'hwk', 'user', 'mfa'])
  await context.close()
})

test('a browser that can’t use passkeys says so, and still takes a password', async () => {
  const { page, context, complaints } = await window()
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'PublicKeyCredential'))
  await arrive(page)
  await page.getByRole('button', { name: 'Use a passkey' }).waitFor({ state: 'detached' })
  await page.fill('[name=username]', 'ada')
  await page.press('[name=username]', 'Enter')
  await page.getByText('Your browser can’t use passkeys.').waitFor()
  await page.getByRole('button', { name: 'Use another method' }).click()
  await page.getByRole('button', { name: 'Password' }).click()
  await page.waitForSelector('[name=password]')
  expect(complaints).toEqual([])
  await context.close()
})

test('without JavaScript there is nothing to press, and another way to go', async () => {
  const { page, context } = await openWindow(browser, { javaScriptEnabled: false })
  await arrive(page)
  expect(await page.getByRole('button', { name: 'Use a passkey' }).isDisabled()).toBe(true)
  await page.fill('[name=username]', 'ada')
  await press(page, 'Continue')
  expect(await page.getByRole('button', { name: 'Continue with passkey' }).isDisabled()).toBe(true)
  expect(await page.textContent('noscript')).toContain('Passkeys need it')
  await press(page, 'Use another method')
  await press(page, 'Password')
  await page.waitForSelector('[name=password]')
  await context.close()
})

test('its pages are good, and its script comes where it is shown and nowhere else', async () => {
  await enrolPasskey(server, 'ada')
  const opened = await window()
  const { page, context } = opened
  const scripts: string[] = []
  page.on('request', (request) => request.resourceType() === 'script' && scripts.push(request.url()))
  const isLoaded = () => scripts.some((url) => url.includes('ceremony'))
  await arrive(page, 'treasury')
  await page.waitForLoadState('networkidle')
  expect(isLoaded()).toBe(false)
  await arrive(page)
  await page.waitForLoadState('networkidle')
  expect(isLoaded()).toBe(true)
  await expectGood(opened, 'Sign in')
  await toTheSecondDoor(page)
  await expectGood(opened, 'Confirm it’s you')
  await context.close()
})
