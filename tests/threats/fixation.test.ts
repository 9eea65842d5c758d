import { beforeEach, expect, test } from 'vitest'
import { codeOf, nextStep } from '../app.ts'
import { Browser, viewIn } from '../browser.ts'
import { grace } from '../people/people.ts'
import { arrive, ask, codeAnswerOf, errorIn, redeem, signIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: whoever knows a session's cookie before somebody signs in, or steps up, has what they have afterwards
// (Zitadel CVE-2024-28197; Keycloak CVE-2026-7507). Every rise gives the session another name, and the old one dies.

const server = await serverForAll()
beforeEach(() => nextStep(server))
const [phone] = grace.apps as [(typeof grace.apps)[number]]

/** A browser with the same cookies, as an attacker would have taken or planted them. */
async function copyOf(browser: Browser): Promise<Browser> {
  const copy = new Browser()
  for (const cookie of (await browser.jar.serialize()).cookies)
    await copy.jar.setCookie(`${cookie.key}=${cookie.value}; Path=${cookie.path}`, server.issuer)
  return copy
}
const silently = async (browser: Browser, client: string) =>
  errorIn((await browser.follow((await ask(server, client, { prompt: 'none' })).url)).url)

test('the cookies from before a sign-in are nobody’s afterwards', async () => {
  const browser = new Browser()
  const asked = await ask(server)
  await arrive(browser, asked)
  const attacker = await copyOf(browser)
  await redeem(asked, await signIn(browser, asked, grace))
  expect(await silently(browser, 'harbour')).toBe(null)
  expect(await silently(attacker, 'harbour')).toBe('login_required')
})

test('a session that was planted has another name after the sign-in', async () => {
  const browser = new Browser()
  await browser.jar.setCookie('sallyport_session=planted; Path=/', server.issuer)
  const asked = await ask(server)
  await redeem(asked, await signIn(browser, asked, grace))
  const [session] = (await browser.jar.getCookies(server.issuer)).filter(({ key }) => key === 'sallyport_session')
  expect(session?.value).toBeDefined()
  expect(session?.value).not.toBe('planted')
})

test('the cookies from before a step-up are nobody’s afterwards', async () => {
  const browser = new Browser()
  const asked = await ask(server)
  await redeem(asked, await signIn(browser, asked, grace))
  const attacker = await copyOf(browser)
  const more = await ask(server, 'treasury')
  const { page, view } = await arrive(browser, more)
  const done = await viewIn(await browser.post(`${page}/answer`, codeAnswerOf(view, codeOf(server, phone))))
  if (done.at !== 'done') throw new Error(done.at)
  await redeem(more, (await browser.follow(done.goTo)).url)
  expect(await silently(browser, 'treasury')).toBe(null)
  expect(await silently(attacker, 'treasury')).toBe('login_required')
  expect(await silently(attacker, 'harbour')).toBe('login_required')
})
