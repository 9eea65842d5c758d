import { expect, test } from 'vitest'
import { testerFor } from '../bench.ts'
import { enrolPasskey, withPasskeys } from '../passkey.ts'
import { ada } from '../people/people.ts'
import { serverAndBrowser } from '../test-server.ts'
import { plugIn } from '../virtual-authenticator.ts'
import { noneUsed, passkeyWindows, press } from './passkey-windows.ts'

// A passkey in a real browser, with Chromium's virtual authenticator.

const { house: server, browser } = await serverAndBrowser(withPasskeys)
const { window, arrive, claimsOf, withPassword } = passkeyWindows(server, browser)

test('a passkey is made at the bench and signs in by the button, once', async () => {
  const { page, complaints, context } = await window()
  const device = await plugIn(page, [])
  await page.goto(`${server.issuer}/bench`)
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

test('one that can be copied all of a sudden signs nobody in, and its person is told what to do', async () => {
  const passkey = await enrolPasskey(server, 'ada')
  const { page, context } = await window()
  await plugIn(page, [passkey], { synced: true })
  await arrive(page)
  await press(page)
  await page.getByText('That passkey isn’t kept the way it was when you added it.').waitFor()
  await page.getByText('Use another method, then remove it and add it again.').waitFor()
  await context.close()
})

test('the field’s suggestions sign in without a name, a password or a press', async () => {
  const passkey = await enrolPasskey(server, 'ada')
  const { page, complaints, context } = await window({ suggests: true })
  await plugIn(page, [passkey])
  const asked = await arrive(page)
  expect((await claimsOf(page, asked))?.amr).toEqual(['hwk', 'user', 'mfa'])
  expect(complaints).toEqual([])
  await context.close()
})

test('what waits in the field’s suggestions is withdrawn before the button asks', async () => {
  const passkey = await enrolPasskey(server, 'ada')
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
  const key = await enrolPasskey(server, 'ada', { verifies: false, counter: 1, transport: 'usb' })
  const { page, complaints, context } = await window()
  await plugIn(page, [key], { transport: 'usb', protocol: 'u2f' })
  const asked = await withPassword(page, 'treasury', ada)
  await press(page, 'Continue with passkey')
  expect((await claimsOf(page, asked))?.amr).toEqual(['pwd', 'hwk', 'user', 'mfa'])
  expect(complaints).toEqual([])
  await context.close()
})

const none = 'no passkey was used'
/** What a passkey comes to where a policy says this of user verification, and the person passes it or does not. */
const verification = [
  { client: 'lighthouse', uv: 'required', passes: true, amr: ['hwk', 'user', 'mfa'] },
  { client: 'lighthouse', uv: 'required', passes: false, amr: none },
  { client: 'harbour', uv: 'preferred', passes: true, amr: ['hwk', 'user', 'mfa'] },
  // Chromium's authenticator asks for it where it can, and ends there.
  { client: 'harbour', uv: 'preferred', passes: false, amr: none },
  { client: 'wharf', uv: 'discouraged', passes: true, amr: ['hwk', 'user'] },
  { client: 'wharf', uv: 'discouraged', passes: false, amr: ['hwk', 'user'] },
] as const
test('the token says what came of the user verification that the policy asks for', async () => {
  const { page, context } = await window()
  const device = await plugIn(page, [await enrolPasskey(server, 'ada')])
  for (const { client, uv, passes, amr } of verification) {
    await device.passes(passes)
    const asked = await arrive(page, client)
    await press(page)
    const neutral = page.getByRole('status').getByText(noneUsed)
    const got = amr === none ? await neutral.waitFor().then(() => none) : (await claimsOf(page, asked))?.amr
    expect([uv, passes, got]).toEqual([uv, passes, amr])
    await context.clearCookies()
  }
  await context.close()
})

test('another person’s passkey is refused; one that was removed is forgotten where the browser can', async () => {
  const passkey = await enrolPasskey(server, 'ada')
  const { page, context, complaints } = await window()
  await page.addInitScript(() => {
    const asked: unknown[] = []
    Object.assign(globalThis, { asked })
    const signal = async (unknown: unknown) => void asked.push(unknown)
    Object.assign(PublicKeyCredential, { signalUnknownCredential: signal })
  })
  await plugIn(page, [passkey])
  await arrive(page)
  await page.fill('[name=username]', 'grace')
  await page.press('[name=username]', 'Enter')
  await press(page, 'Continue with passkey')
  await page.getByRole('alert').getByText('That passkey didn’t work.').waitFor()

  const { authenticators } = server.app.context.store
  const own = await authenticators.find('passkey', passkey.id)
  expect(own && (await authenticators.remove(own))).toBe(true)
  await press(page, 'Continue with passkey')
  await page.getByRole('alert').getByText('That passkey isn’t linked to an account here any more.').waitFor()
  await page.getByRole('status').getByText('We’ve asked your password manager to remove it.').waitFor()
  expect(await page.evaluate('asked')).toEqual([{ rpId: 'localhost', credentialId: passkey.id }])
  expect(complaints).toEqual([])
  await context.close()
})

test('one that was made and refused is forgotten', async () => {
  const { page, context } = await window()
  const forgotten: unknown[] = []
  await page.exposeFunction('forgotten', (what: unknown) => void forgotten.push(what))
  await page.addInitScript(() => {
    const tell = (what: unknown) =>
      (globalThis as unknown as { forgotten: (what: unknown) => Promise<void> }).forgotten(what)
    Object.assign(PublicKeyCredential, { signalUnknownCredential: tell })
  })
  await plugIn(page, [])
  let id = ''
  await page.route('**/enrolments/*', (route) => {
    const sent = route.request().postDataJSON()
    id = sent.answer.id
    return route.continue({ postData: { ...sent, answer: { ...sent.answer, rawId: 'AAAA' } } })
  })
  await page.goto(`${server.issuer}/bench`)
  const carries = page.getByRole('group').filter({ hasText: 'What Grace Hopper carries' })
  await carries.getByText('What Grace Hopper carries').click()
  await carries.getByRole('button', { name: 'Add a passkey' }).click()
  await press(page, 'Create passkey')
  await page.getByRole('alert').getByText('That passkey didn’t work.').waitFor()
  await expect.poll(() => forgotten).toEqual([{ rpId: 'localhost', credentialId: id }])
  await context.close()
})

test('after a sign-in the browser’s keepers are told of all passkeys and names', async () => {
  const passkey = await enrolPasskey(server, 'grace')
  const { page, context } = await window()
  await page.addInitScript(() => {
    const keep = (name: string) => (told: unknown) => localStorage.setItem(name, JSON.stringify(told))
    const [signalAllAcceptedCredentials, signalCurrentUserDetails] = [keep('ids'), keep('names')]
    Object.assign(PublicKeyCredential, { signalAllAcceptedCredentials, signalCurrentUserDetails })
  })
  await plugIn(page, [passkey])
  const asked = await arrive(page)
  await press(page)
  await claimsOf(page, asked)
  await page.goto(server.issuer)
  const told = (name: string) => page.evaluate((kept) => JSON.parse(localStorage.getItem(kept) ?? 'null'), name)
  const whose = { rpId: 'localhost', userId: passkey.userHandle }
  expect(await told('names')).toEqual({ ...whose, name: 'grace', displayName: 'Grace Hopper' })
  const others = (await testerFor(server, 'grace').carries()).filter(({ factor }) => factor === 'passkey')
  expect(await told('ids')).toMatchObject({ ...whose, allAcceptedCredentialIds: { length: others.length } })
  await context.close()
})
