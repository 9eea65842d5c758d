import { expect, test } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { ada, grace } from '../people/people.ts'
import { answerOf, arrive, ask, identify, redeem, signIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: a sign-in begun in one browser is finished in another one, so that somebody is signed in to an account
// of the attacker's choosing, or the attacker to theirs (login CSRF; session fixation, Zitadel CVE-2024-28197).

const server = await serverForAll()

test('another browser sees nothing of a sign-in, and can do nothing to it', async () => {
  const attacker = new Browser()
  const victim = new Browser()
  const { page, view } = await arrive(attacker, await ask(server))
  const named = await identify(attacker, page, view, grace.username)

  expect((await victim.get(page)).status).toBe(410)
  for (const action of ['identify', 'answer', 'restart', 'cancel', 'extend']) {
    const response = await victim.post(`${page}/${action}`, answerOf(named, grace.password))
    expect(response.status).toBe(410)
    expect(await viewIn(response)).toEqual({
      at: 'over',
      why: 'expired',
      reference: view.uid.slice(0, 10),
      client: null,
      goTo: null,
    })
  }
  expect(await viewIn(await attacker.get(`${page}/view`))).toMatchObject({ at: 'answer', revision: named.revision })
})

test('a finished sign-in cannot be carried into another browser', async () => {
  const attacker = new Browser()
  const victim = new Browser()
  const { page, view } = await arrive(attacker, await ask(server))
  const named = await identify(attacker, page, view, grace.username)
  const done = await viewIn(await attacker.post(`${page}/answer`, answerOf(named, grace.password)))
  if (done.at !== 'done') throw new Error(done.at)
  const { url, response } = await victim.follow(done.goTo)
  expect(new URL(url).searchParams.get('code')).toBeNull()
  expect(response.status).toBe(400)
})

test('a cookie of one sign-in opens no other', async () => {
  const browser = new Browser()
  const one = await arrive(browser, await ask(server))
  const two = await arrive(browser, await ask(server, 'lighthouse'))
  const cookies = await browser.jar.getCookies(one.page)
  const header = cookies.map((cookie) => cookie.cookieString()).join('; ')
  const response = await fetch(`${two.page}/view`, { headers: { cookie: header } })
  expect(response.status).toBe(410)
})

test('the session’s cookie is a new one after a sign-in, and the old one is dead', async () => {
  const browser = new Browser()
  const first = await ask(server)
  await redeem(first, await signIn(browser, first, ada))
  const before = await browser.jar.getCookieString(server.issuer)
  const again = await ask(server, 'harbour', { prompt: 'login' })
  await redeem(again, await signIn(browser, again, ada))
  expect(await browser.jar.getCookieString(server.issuer)).not.toBe(before)
  const silent = await ask(server, 'harbour', { prompt: 'none' })
  const response = await fetch(silent.url, { headers: { cookie: before }, redirect: 'manual' })
  expect(new URL(response.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required')
})

test('every cookie is HttpOnly, SameSite=Lax and for no other host', async () => {
  const browser = new Browser()
  const asked = await ask(server)
  const redirect = await browser.get(asked.url)
  const page = await browser.get(new URL(redirect.headers.get('location') ?? '', server.issuer).href)
  const lines = [...redirect.headers.getSetCookie(), ...page.headers.getSetCookie()]
  expect(lines.length).toBeGreaterThanOrEqual(5)
  for (const line of lines) expect(line).toMatch(/^(?=.*;\s*httponly)(?=.*;\s*samesite=lax)(?!.*;\s*domain=).*$/i)
})
