import type { Browser, Page } from 'playwright-core'
import { openWindow } from '../chromium.ts'
import { claimsIn } from '../passkey.ts'
import { ada } from '../people/people.ts'
import { type Asked, ask } from '../sign-in.ts'
import type { TestServer } from '../test-server.ts'
import { provePassword } from './behind-password.ts'

export const noneUsed = 'No passkey was used. Try again.'
export const press = (page: Page, name = 'Use a passkey') => page.getByRole('button', { name }).click()

/** A browser in which somebody uses passkeys at this house. */
export function passkeyWindows(server: TestServer, browser: Browser) {
  /** Its fields suggest no passkeys, unless that is what is tested: the virtual authenticator takes the first one by itself. */
  async function window({ suggests = false } = {}) {
    const opened = await openWindow(browser)
    if (!suggests)
      await opened.page.addInitScript(() =>
        Object.assign(PublicKeyCredential, { isConditionalMediationAvailable: async () => false }),
      )
    return opened
  }
  async function arrive(page: Page, client = 'harbour'): Promise<Asked> {
    const asked = await ask(server, client)
    await page.goto(asked.url)
    return asked
  }
  async function claimsOf(page: Page, asked: Asked) {
    await page.waitForURL(`${new URL(asked.redirectUri).origin}/**`)
    return claimsIn(asked, page.url())
  }
  async function withPassword(
    page: Page,
    client: string,
    { username, password }: Pick<typeof ada, 'username' | 'password'>,
  ) {
    const asked = await arrive(page, client)
    await page.fill('[name=username]', username)
    await page.press('[name=username]', 'Enter')
    await page.fill('[name=password]', password)
    await page.press('[name=password]', 'Enter')
    return asked
  }
  async function toTheSecondDoor(page: Page) {
    const { asked, address } = await provePassword(server, page.context(), ada)
    await page.goto(address)
    await page.getByRole('heading', { name: 'Confirm it’s you' }).waitFor()
    return asked
  }
  return { window, arrive, claimsOf, withPassword, toTheSecondDoor }
}
