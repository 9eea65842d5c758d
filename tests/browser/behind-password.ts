import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { Browser as HttpBrowser } from '../browser.ts'
import { openWindow, type Window } from '../chromium.ts'
import { type Asked, answerOf, arrive, ask, identify, signIn } from '../sign-in.ts'
import type { TestServer } from '../test-server.ts'

async function carryCookies(server: TestServer, http: HttpBrowser, context: BrowserContext): Promise<void> {
  const { cookies } = await http.jar.serialize()
  await context.addCookies(
    cookies.map(({ key, value, path, httpOnly }) => ({
      name: String(key),
      value: String(value),
      domain: new URL(server.issuer).hostname,
      path: String(path ?? '/'),
      httpOnly: Boolean(httpOnly),
    })),
  )
}

/** Signs somebody in over HTTP: this browser is left with the session. */
export async function signInOverHttp(
  server: TestServer,
  context: BrowserContext,
  person: { readonly username: string; readonly password: string },
): Promise<void> {
  const http = new HttpBrowser()
  await signIn(http, await ask(server), person)
  await carryCookies(server, http, context)
}

/**
 * Proves somebody's password over HTTP in a sign-in of this browser's: the address of the page behind it. The pages before
 * have tests of their own, and to go through them is most of a test's time.
 */
export async function provePassword(
  server: TestServer,
  context: BrowserContext,
  person: { readonly username: string; readonly password: string },
): Promise<{ readonly asked: Asked; readonly address: string }> {
  const http = new HttpBrowser()
  const asked = await ask(server, 'treasury')
  const { page: address, view } = await arrive(http, asked)
  const named = await identify(http, address, view, person.username)
  await http.post(`${address}/answer`, answerOf(named, person.password))
  await carryCookies(server, http, context)
  return { asked, address }
}

/** A window at the page behind the password. `before` is done in it before the page is opened. */
export async function behindPassword(
  server: TestServer,
  browser: Browser,
  person: { readonly username: string; readonly password: string },
  options: BrowserContextOptions = {},
  before: (page: Page) => Promise<unknown> = async () => {},
): Promise<Window & { readonly asked: Asked }> {
  const window = await openWindow(browser, options)
  const { asked, address } = await provePassword(server, window.context, person)
  await before(window.page)
  await window.page.goto(address)
  return { ...window, asked }
}
