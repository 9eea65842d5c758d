import type { IDToken } from 'openid-client'
import { expect, test } from 'vitest'
import { Browser, viewIn } from './browser.ts'
import { ada, grace } from './people/people.ts'
import { arrive, ask, errorIn, identify, redeem, refusedAfter, signIn } from './sign-in.ts'
import { serverForAll } from './test-server.ts'

// Room 1: every authorization is judged by the policy engine, also one that comes with a session.

const mfa = 'urn:sallyport:acr:mfa'
const aal1 = 'urn:sallyport:acr:aal1'
const server = await serverForAll()

async function signedIn(person = ada) {
  const browser = new Browser()
  const asked = await ask(server)
  const tokens = await redeem(asked, await signIn(browser, asked, person))
  return { browser, claims: tokens.claims() }
}

test('a second client is told the same, from the same evidence, without a question', async () => {
  const { browser, claims } = await signedIn()
  const second = await ask(server, 'lighthouse')
  const { url } = await browser.follow(second.url)
  const { acr, amr, auth_time, sub } = claims ?? ({} as IDToken)
  expect((await redeem(second, url)).claims()).toMatchObject({ acr, amr, auth_time, sub })
})

test('prompt=none answers at once: with a code, or with login_required', async () => {
  const { browser } = await signedIn()
  const quiet = await ask(server, 'harbour', { prompt: 'none' })
  expect((await redeem(quiet, (await browser.follow(quiet.url)).url)).claims()?.amr).toEqual(['pwd'])
  const stranger = await ask(server, 'harbour', { prompt: 'none' })
  expect(errorIn((await new Browser().follow(stranger.url)).url)).toBe('login_required')
})

test('prompt=login asks again, the person being named already, and gives a new auth_time', async () => {
  const { browser, claims } = await signedIn()
  server.clock.aheadMs += 60_000
  const again = await ask(server, 'harbour', { prompt: 'login' })
  const { view } = await arrive(browser, again)
  expect(view).toMatchObject({ at: 'answer', username: 'ada' })
  const fresh = await redeem(again, await signIn(browser, again, ada))
  expect(Number(fresh.claims()?.auth_time)).toBeGreaterThanOrEqual(Number(claims?.auth_time) + 60)
})

test('max_age is judged by the age of the evidence', async () => {
  const { browser } = await signedIn()
  server.clock.aheadMs += 120_000
  const young = await ask(server, 'harbour', { max_age: '60' })
  expect((await arrive(browser, young)).view.at).toBe('answer')
  const old = await ask(server, 'harbour', { max_age: '600' })
  expect((await redeem(old, (await browser.follow(old.url)).url)).claims()?.amr).toEqual(['pwd'])
  const silent = await ask(server, 'harbour', { max_age: '60', prompt: 'none' })
  expect(errorIn((await browser.follow(silent.url)).url)).toBe('login_required')
})

test('max_age=1 does not loop after the sign-in', async () => {
  const asked = await ask(server, 'harbour', { max_age: '1' })
  expect((await redeem(asked, await signIn(new Browser(), asked, ada))).claims()?.amr).toEqual(['pwd'])
})

test('an acr that no flow can meet is refused before anybody types anything', async () => {
  for (const extra of [
    { acr_values: mfa },
    { acr_values: 'urn:nobody:knows' },
    { acr_values: `${mfa} urn:nobody:knows` },
  ])
    expect(errorIn((await new Browser().follow((await ask(server, 'harbour', extra)).url)).url)).toBe(
      'unmet_authentication_requirements',
    )
})

test('and with a session too, also silently: never a code for the weaker session', async () => {
  const { browser } = await signedIn()
  for (const extra of [{ acr_values: mfa }, { acr_values: mfa, prompt: 'none' }])
    expect(errorIn((await browser.follow((await ask(server, 'harbour', extra)).url)).url)).toBe(
      'unmet_authentication_requirements',
    )
})

test('an acr that cannot be met stands aside when another one can; the acr is the one that was', async () => {
  const asked = await ask(server, 'harbour', { acr_values: `urn:nobody:knows ${mfa} ${aal1}` })
  expect((await redeem(asked, await signIn(new Browser(), asked, ada))).claims()?.acr).toBe(aal1)
})

test('an essential acr is always strict, as value and as values, also beside acr_values', async () => {
  const claims = (acr: object) => JSON.stringify({ id_token: { acr: { essential: true, ...acr } } })
  for (const extra of [
    { claims: claims({ value: mfa }) },
    { claims: claims({ values: [mfa, 'urn:nobody:knows'] }) },
    { claims: claims({ value: mfa }), acr_values: aal1 },
  ])
    expect(errorIn((await new Browser().follow((await ask(server, 'harbour', extra)).url)).url)).toBe(
      'unmet_authentication_requirements',
    )
  const met = await ask(server, 'harbour', { claims: claims({ values: [aal1] }) })
  expect((await redeem(met, await signIn(new Browser(), met, ada))).claims()?.acr).toBe(aal1)
})

test('somebody else than the hinted person gets no answer in their name', async () => {
  const { claims } = await signedIn()
  const hinted = await ask(server, 'harbour', {
    claims: JSON.stringify({ id_token: { sub: { value: claims?.sub } } }),
  })
  expect(await refusedAfter(new Browser(), hinted, grace)).toEqual({ why: 'wrong-person', error: 'login_required' })
  const right = await ask(server, 'harbour', {
    claims: JSON.stringify({ id_token: { sub: { value: claims?.sub } } }),
  })
  expect((await redeem(right, await signIn(new Browser(), right, ada))).claims()?.sub).toBe(claims?.sub)
})

test('an essential acr that cannot be understood is refused, not dropped', async () => {
  for (const acr of [
    { values: 'x' },
    { value: 5 },
    { essential: 'true', value: aal1 },
    { essential: 1, value: aal1 },
    { essential: null, value: aal1 },
  ]) {
    const claims = JSON.stringify({ id_token: { acr: { essential: true, ...acr } } })
    expect(errorIn((await new Browser().follow((await ask(server, 'harbour', { claims })).url)).url)).toBe(
      'invalid_request',
    )
  }
})

test('login_hint fills the field and decides nothing', async () => {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server, 'harbour', { login_hint: 'ada@example.test' }))
  expect(view).toMatchObject({ at: 'identify', username: 'ada@example.test' })
  expect(await identify(browser, page, view, 'grace')).toMatchObject({ at: 'answer', username: 'grace' })
})

test('cancelling tells the client, and the page afterwards leads on', async () => {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  const done = await viewIn(await browser.post(`${page}/cancel`, { revision: view.revision }))
  if (done.at !== 'done') throw new Error(done.at)
  expect(errorIn((await browser.follow(done.goTo)).url)).toBe('access_denied')
  const after = await browser.get(page)
  expect(after.status).toBe(410)
  expect(await viewIn(after)).toEqual({
    at: 'over',
    why: 'cancelled',
    reference: new URL(page).pathname.slice(9, 19),
    client: 'Harbour Payroll',
    goTo: `${server.clients.harbour}/login?iss=${encodeURIComponent(server.issuer)}`,
  })
})
