import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { testerFor } from '../bench.ts'
import { focused, openWindow } from '../chromium.ts'
import { houseAndBrowser } from '../house.ts'
import { claimsIn, enrolPasskey, withPasskeys } from '../passkey.ts'
import { ada, grace } from '../people/people.ts'
import { type Asked, ask } from '../sign-in.ts'
import { plugIn } from '../virtual-authenticator.ts'
import { expectGood } from './good.ts'

// A passkey in a real browser, with Chromium's virtual authenticator.

const { house, browser } = await houseAndBrowser(withPasskeys)
const noneUsed = 'No passkey was used. Try again, or use another method.'

/** A browser whose fields suggest no passkeys: the virtual authenticator would take the first one by itself. */
async function window({ suggests = false } = {}) {
  const opened = await openWindow(browser)
  if (!suggests)
    await opened.page.addInitScript(() =>
      Object.assign(PublicKeyCredential, { isConditionalMediationAvailable: async () => false }),
    )
  return opened
}
async function arrive(page: Page, client = 'harbour'): Promise<Asked> {
  const asked = await ask(house, client)
  await page.goto(asked.url)
  return asked
}
async function claimsOf(page: Page, asked: Asked) {
  await page.waitForURL(`${new URL(asked.redirectUri).origin}/**`)
  return claimsIn(asked, page.url())
}
const press = (page: Page, name = 'Use a passkey') => page.getByRole('button', { name }).click()
async function toTheSecondDoor(page: Page) {
  const asked = await arrive(page, 'treasury')
  await page.fill('#username', ada.username)
  await page.press('#username', 'Enter')
  await page.fill('#password', ada.password)
  await page.press('#password', 'Enter')
  await page.getByRole('heading', { name: 'Confirm it’s you' }).waitFor()
  return asked
}

test('a passkey is made at the bench and signs in by the button, once', async () => {
  const { page, complaints, context } = await window()
  const device = await plugIn(page, [])
  await page.goto(`${house.issuer}/bench`)
  const carries = page.getByRole('group').filter({ hasText: 'What Ada Lovelace carries' })
  const add = async () => {
    await carries.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByRole('button', { name: 'Create passkey' }).click()
  }
  await carries.getByText('What Ada Lovelace carries').click()
  await add()
  await page.getByText('Added Passkey for Ada Lovelace.').waitFor()
  await add()
  await page.getByText('This device already has a passkey for your account.').waitFor()

  const asked = await arrive(page)
  await press(page)
  expect((await claimsOf(page, asked))?.amr).toEqual(['hwk', 'user', 'mfa'])
  expect(await device.counters()).toEqual([2])
  expect(complaints).toEqual([])
  await context.close()
})

test('the field’s suggestions sign in without a name, a password or a press', async () => {
  const passkey = await enrolPasskey(house, 'ada')
  const { page, complaints, context } = await window({ suggests: true })
  await plugIn(page, [passkey])
  const asked = await arrive(page)
  expect((await claimsOf(page, asked))?.amr).toEqual(['hwk', 'user', 'mfa'])
  expect(complaints).toEqual([])
  await context.close()
})

test('what waits in the field’s suggestions is withdrawn before the button asks', async () => {
  const passkey = await enrolPasskey(house, 'ada')
  const { page, complaints, context } = await window({ suggests: true })
  const device = await plugIn(page, [passkey])
  // Nobody touches it: the suggestion waits. What waits is not touched later either.
  await device.touch(false)
  const asked = await arrive(page)
  await page.waitForLoadState('networkidle')
  await device.touch(true)
  await press(page)
  expect((await claimsOf(page, asked))?.amr).toEqual(['hwk', 'user', 'mfa'])
  expect(complaints).toEqual([])
  await context.close()
})

test('as a second step, with a security key that keeps nothing of its own', async () => {
  const key = await enrolPasskey(house, 'ada', { verifies: false, counter: 1, transport: 'usb' })
  const { page, complaints, context } = await window()
  await plugIn(page, [key], { transport: 'usb', protocol: 'u2f' })
  const asked = await toTheSecondDoor(page)
  await press(page, 'Continue with passkey')
  expect((await claimsOf(page, asked))?.amr).toEqual(['pwd', 'hwk', 'user', 'mfa'])
  expect(complaints).toEqual([])
  await context.close()
})

const neutral = 'no passkey was used'
/** What a passkey comes to where a policy says this of user verification, and the person passes it or does not. */
const verification = [
  { client: 'lighthouse', uv: 'required', passes: true, amr: ['hwk', 'user', 'mfa'] },
  { client: 'lighthouse', uv: 'required', passes: false, amr: neutral },
  { client: 'harbour', uv: 'preferred', passes: true, amr: ['hwk', 'user', 'mfa'] },
  // Chromium's authenticator asks for it where it can, and ends there.
  { client: 'harbour', uv: 'preferred', passes: false, amr: neutral },
  { client: 'wharf', uv: 'discouraged', passes: true, amr: ['hwk', 'user'] },
  { client: 'wharf', uv: 'discouraged', passes: false, amr: ['hwk', 'user'] },
] as const
for (const { client, uv, passes, amr } of verification)
  test(`user verification ${uv}, and ${passes ? '' : 'not '}passed: ${amr}`, async () => {
    const { page, context } = await window()
    await plugIn(page, [await enrolPasskey(house, 'ada')], { verified: passes })
    const asked = await arrive(page, client)
    await press(page)
    if (amr === neutral) await page.getByRole('status').getByText(noneUsed).waitFor()
    else expect((await claimsOf(page, asked))?.amr).toEqual(amr)
    await context.close()
  })

test('a prompt that was cancelled costs nothing, and the page says so; a second press works', async () => {
  const passkey = await enrolPasskey(house, 'ada')
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

test('a clone’s lower counter is refused', async () => {
  const passkey = await enrolPasskey(house, 'ada', { counter: 9 })
  const { page, context } = await window()
  passkey.counter = 3
  await plugIn(page, [passkey])
  await arrive(page)
  await press(page)
  await page.getByRole('alert').getByText('That passkey didn’t work.').waitFor()
  await context.close()
})

test('another person’s passkey is refused; one that was removed is forgotten where the browser can', async () => {
  const passkey = await enrolPasskey(house, 'ada')
  const { page, context, complaints } = await window()
  await page.addInitScript(() => {
    const asked: unknown[] = []
    Object.assign(globalThis, { asked })
    const signal = async (unknown: unknown) => void asked.push(unknown)
    Object.assign(PublicKeyCredential, { signalUnknownCredential: signal })
  })
  await plugIn(page, [passkey])
  await arrive(page)
  await page.fill('#username', 'grace')
  await page.press('#username', 'Enter')
  await press(page, 'Continue with passkey')
  await page.getByRole('alert').getByText('That passkey didn’t work.').waitFor()

  const { authenticators } = house.app.house.store
  const own = await authenticators.find('passkey', passkey.id)
  expect(own && (await authenticators.remove(own))).toBe(true)
  await press(page, 'Continue with passkey')
  await page.getByRole('alert').getByText('That passkey isn’t linked to an account here any more.').waitFor()
  await page.getByRole('status').getByText('We’ve asked your password manager to remove it.').waitFor()
  expect(await page.evaluate('asked')).toEqual([{ rpId: 'localhost', credentialId: passkey.id }])
  expect(complaints).toEqual([])
  await context.close()
})

test('after a sign-in the browser’s keepers are told of all passkeys and names', async () => {
  const passkey = await enrolPasskey(house, 'grace')
  const { page, context } = await window()
  const told: unknown[] = []
  await page.exposeFunction('told', (what: unknown) => void told.push(what))
  await page.addInitScript(() => {
    const tell = (what: unknown) => (globalThis as unknown as { told: (what: unknown) => Promise<void> }).told(what)
    Object.assign(PublicKeyCredential, { signalAllAcceptedCredentials: tell, signalCurrentUserDetails: tell })
  })
  await plugIn(page, [passkey])
  const asked = await arrive(page)
  await press(page)
  await claimsOf(page, asked)
  const whose = { rpId: 'localhost', userId: passkey.userHandle }
  expect(told).toContainEqual({ ...whose, name: 'grace', displayName: 'Grace Hopper' })
  expect(told).toContainEqual({ ...whose, allAcceptedCredentialIds: [passkey.id] })
  await context.close()
})

test('a second ceremony in another tab: the first answer counts, and the other one is told', async () => {
  const passkey = await enrolPasskey(house, 'ada')
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
  const passkey = await enrolPasskey(house, 'ada')
  const { page, context } = await window()
  await plugIn(page, [passkey])
  await page.clock.install()
  const asked = await toTheSecondDoor(page)
  await page.getByRole('button', { name: 'Continue with passkey' }).focus()
  const challenges = new Set<string>()
  for (let minute = 0; minute < 3; minute++) {
    house.clock.aheadMs += 61_000
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
  for (const { id, factor } of await testerFor(house, 'grace').carries())
    if (factor !== 'password') await testerFor(house, 'grace').remove(id)
  const opened = await window()
  const { page, context } = opened
  const device = await plugIn(page, [], { verified: false })
  const asked = await arrive(page, 'gatehouse')
  await page.fill('#username', grace.username)
  await page.press('#username', 'Enter')
  await page.fill('#password', grace.password)
  await page.press('#password', 'Enter')
  await press(page, 'Add a passkey')
  await expectGood(opened, 'Add a passkey')
  await press(page, 'Create passkey')
  await page.getByRole('status').getByText(noneUsed).waitFor()
  await device.passes(true)
  await press(page, 'Create passkey')
  await page.getByRole('heading', { name: 'Confirm it’s you' }).waitFor()
  expect(await page.title()).toBe('Step 2 of 2: Passkey · Sallyport')
  await press(page, 'Continue with passkey')
  expect((await claimsOf(page, asked))?.amr).toEqual(['pwd', 'hwk', 'user', 'mfa'])
  await context.close()
})

test('a browser that can’t use passkeys says so, and still takes a password', async () => {
  const { page, context, complaints } = await window()
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'PublicKeyCredential'))
  await arrive(page)
  await page.getByRole('button', { name: 'Use a passkey' }).waitFor({ state: 'detached' })
  await page.fill('#username', 'ada')
  await page.press('#username', 'Enter')
  await page.getByText('Your browser can’t use passkeys.').waitFor()
  await page.getByRole('button', { name: 'Use another method' }).click()
  await page.getByRole('button', { name: 'Password' }).click()
  await page.waitForSelector('#password')
  expect(complaints).toEqual([])
  await context.close()
})

test('without JavaScript there is nothing to press, and another way to go', async () => {
  const { page, context } = await openWindow(browser, { javaScriptEnabled: false })
  await arrive(page)
  expect(await page.getByRole('button', { name: 'Use a passkey' }).isDisabled()).toBe(true)
  await page.fill('#username', 'ada')
  await press(page, 'Continue')
  expect(await page.getByRole('button', { name: 'Continue with passkey' }).isDisabled()).toBe(true)
  expect(await page.textContent('noscript')).toContain('Passkeys need it')
  await press(page, 'Use another method')
  await press(page, 'Password')
  await page.waitForSelector('#password')
  await context.close()
})

test('its pages are good, and its script comes where it is shown and nowhere else', async () => {
  await enrolPasskey(house, 'ada')
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
