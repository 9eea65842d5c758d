import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as oidc from 'openid-client'
import { beforeEach, describe, expect, test } from 'vitest'
import { importPeople } from '#server/people/import.ts'
import { nextStep } from '../app.ts'
import { Browser } from '../browser.ts'
import { type Carrier, passWith } from '../means.ts'
import { ada, grace, people } from '../people/people.ts'
import { arrive, ask, errorIn, guess, redeem } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// Evidence ages, each proof by itself; what rests on what is gone is not issued any more, a moment later.

const server = await serverForAll(
  ({ harbour }) => `bench: { people: people.yaml }
attempts: { per_address_a_minute: 100000 }
policies:
  vault:
    reuse: { totp: 5m }
    rules:
      - name: strict
        when: { clients: [strict] }
        then: { primary: [password, totp], fresh: { password: 2m } }
      - { name: everyone, then: { primary: [password], secondary: [password, totp] } }
clients:
${['vault', 'harbour', 'strict'].map((id) => `  ${id}: { client_name: ${id}, redirect_uris: ['${harbour}/callback'], policy: vault }`).join('\n')}
`,
)
beforeEach(() => nextStep(server))
const minuteMs = 60_000
const mfa = { acr_values: 'urn:sallyport:acr:mfa' }
const nowSeconds = () => Math.floor((Date.now() + server.clock.aheadMs) / 1000)

async function tokensAt(browser: Browser, client: string, person: Carrier, extra: Record<string, string> = {}) {
  const asked = await ask(server, client, extra)
  const end = await passWith(server, browser, asked, person, ['password', 'totp'])
  if (typeof end !== 'string') throw new Error(JSON.stringify(end))
  if (errorIn(end)) throw new Error(errorIn(end) ?? '')
  const tokens = await redeem(asked, end)
  const { amr, auth_time } = tokens.claims() ?? ({} as oidc.IDToken)
  return { asked, tokens, amr, auth_time }
}
const silently = async (browser: Browser, client: string, extra: Record<string, string> = {}) =>
  errorIn((await browser.follow((await ask(server, client, { prompt: 'none', ...extra })).url)).url)

describe('ages', () => {
  test('auth_time is the oldest proof that the answer relies on, also after a step-up', async () => {
    const browser = new Browser()
    const first = await tokensAt(browser, 'vault', grace)
    server.clock.aheadMs += 3 * minuteMs
    const stepped = await tokensAt(browser, 'harbour', grace, mfa)
    expect(stepped).toMatchObject({ amr: ['pwd', 'otp', 'mfa'], auth_time: first.auth_time })
  })

  test('a code that counts no more is in no token, and asked for again where it is needed', async () => {
    const browser = new Browser()
    await tokensAt(browser, 'vault', grace, mfa)
    server.clock.aheadMs += 6 * minuteMs
    expect((await tokensAt(browser, 'harbour', grace)).amr).toEqual(['pwd'])
    expect(await silently(browser, 'vault', mfa)).toBe('unmet_authentication_requirements')
    const { view } = await arrive(browser, await ask(server, 'vault', mfa))
    expect(view).toMatchObject({ challenge: { factor: 'totp' } })
  })

  test('nothing stale comes back with a new proof', async () => {
    const browser = new Browser()
    await tokensAt(browser, 'vault', grace, mfa)
    server.clock.aheadMs += 6 * minuteMs
    const again = await tokensAt(browser, 'vault', grace, { prompt: 'login' })
    expect(again.amr).toEqual(['pwd'])
    expect(nowSeconds() - Number(again.auth_time)).toBeLessThan(10)
    const after = await tokensAt(browser, 'harbour', grace)
    expect(after).toMatchObject({ amr: ['pwd'], auth_time: again.auth_time })
  })

  test('fresh: under one rule a password is asked for again, though it counts elsewhere', async () => {
    const browser = new Browser()
    await tokensAt(browser, 'vault', grace, mfa)
    expect(await silently(browser, 'strict')).toBeNull()
    server.clock.aheadMs += 3 * minuteMs
    expect(await silently(browser, 'strict')).toBe('login_required')
    expect(await silently(browser, 'harbour')).toBeNull()
    const { view } = await arrive(browser, await ask(server, 'strict'))
    expect(view).toMatchObject({ challenge: { factor: 'password' } })
    expect(view.doors.map(({ state }) => state)).toEqual(['open', 'passed'])
  })
})

describe('sessions end by our clock', () => {
  test('after half an hour in which nothing was asked for', async () => {
    const browser = new Browser()
    const { asked, tokens } = await tokensAt(browser, 'vault', grace)
    server.clock.aheadMs += 29 * minuteMs
    expect(await silently(browser, 'vault')).toBeNull()
    server.clock.aheadMs += 29 * minuteMs
    expect(await silently(browser, 'vault')).toBeNull()
    server.clock.aheadMs += 31 * minuteMs
    expect(await silently(browser, 'vault')).toBe('login_required')
    await expect(oidc.refreshTokenGrant(asked.config, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  test('ten hours after what they rest on was proven, whatever was proven since', async () => {
    const browser = new Browser()
    await tokensAt(browser, 'vault', grace)
    for (let half = 1; half <= 20; half++) {
      server.clock.aheadMs += 29.5 * minuteMs
      expect(await silently(browser, 'vault')).toBeNull()
      if (half === 10) await tokensAt(browser, 'harbour', grace, mfa)
    }
    server.clock.aheadMs += 15 * minuteMs
    expect(await silently(browser, 'vault')).toBe('login_required')
  })
})

describe('what rests on what is gone', () => {
  const store = () => server.app.context.store
  const idOf = async ({ username }: Carrier) => (await store().people.byName(username))?.id ?? ''
  /** Takes another file of people up while the server runs. */
  async function changePeople(text = people) {
    const file = join(server.dataFolder, 'people.yaml')
    writeFileSync(file, text)
    await importPeople(store(), file, server.app.context.now)
  }
  const carried = async (person: Carrier) => store().authenticators.listAll(await idOf(person))

  async function isGood({ asked, tokens }: Awaited<ReturnType<typeof tokensAt>>) {
    const sub = tokens.claims()?.sub ?? ''
    const userinfo = await oidc.fetchUserInfo(asked.config, tokens.access_token, sub).then(
      () => true,
      () => false,
    )
    const refreshed = await oidc.refreshTokenGrant(asked.config, tokens.refresh_token ?? '').then(
      () => true,
      ({ error }) => (error === 'invalid_grant' ? false : error),
    )
    return { userinfo, refreshed }
  }

  test('an app that is taken away: the token with its code ends, one of the password alone does not', async () => {
    await server.restart()
    const [browser, other] = [new Browser(), new Browser()]
    const both = await tokensAt(browser, 'vault', grace, mfa)
    const alone = await tokensAt(other, 'vault', grace)
    const [app] = (await carried(grace)).filter(({ factor }) => factor === 'totp')
    if (app) await store().authenticators.remove(app)
    expect(await isGood(both)).toEqual({ userinfo: false, refreshed: false })
    expect(await isGood(alone)).toEqual({ userinfo: true, refreshed: true })
    expect(await silently(browser, 'vault', mfa)).toBe('unmet_authentication_requirements')
    expect((await tokensAt(browser, 'harbour', grace)).amr).toEqual(['pwd'])
  })

  test('a code that was fetched before, and redeemed after', async () => {
    await server.restart()
    const asked = await ask(server, 'vault', mfa)
    const end = await passWith(server, new Browser(), asked, grace, ['password', 'totp'])
    const [app] = (await carried(grace)).filter(({ factor }) => factor === 'totp')
    if (app) await store().authenticators.remove(app)
    await expect(redeem(asked, String(end))).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  /** What the account API and a question about the account say to this browser. */
  async function signedIn(browser: Browser) {
    const api = `${server.issuer}/api/account/sessions`
    const { view } = await arrive(browser, await ask(server, 'vault', { prompt: 'select_account' }))
    return {
      list: (await browser.get(api)).status,
      end: (await browser.post(`${api}/end`, { session: 'of nobody' })).status,
      select: view.at,
    }
  }

  test.each([
    ['somebody who is disabled', people.replace('"username":"grace"', '"username":"grace","disabled":true')],
    ['somebody whose password was changed', people.replace(grace.password, 'another harbour of hers 12')],
  ])('%s is signed in nowhere any more', async (_who, changed) => {
    await server.restart()
    const browser = new Browser()
    await tokensAt(browser, 'vault', grace)
    expect(await signedIn(browser)).toEqual({ list: 200, end: 404, select: 'account' })
    await changePeople(changed)
    expect(await signedIn(browser)).toEqual({ list: 401, end: 401, select: 'identify' })
  })

  test('a password that is changed ends the sessions that it began, and nobody else’s', async () => {
    await server.restart()
    const browser = new Browser()
    const hers = await tokensAt(browser, 'vault', grace)
    const adas = await tokensAt(new Browser(), 'vault', ada)
    const changed = { ...grace, password: 'another harbour of hers 12' }
    await changePeople(people.replace(grace.password, changed.password))
    expect(await isGood(hers)).toEqual({ userinfo: false, refreshed: false })
    expect(await isGood(adas)).toEqual({ userinfo: true, refreshed: true })
    expect(await silently(browser, 'vault')).toBe('login_required')
    expect((await tokensAt(browser, 'vault', changed)).amr).toEqual(['pwd'])
    await changePeople()
  })

  test('somebody who is disabled has nothing, and is answered like nobody; enabled again, they sign in', async () => {
    await server.restart()
    const browser = new Browser()
    const hers = await tokensAt(browser, 'vault', grace, mfa)
    await changePeople(people.replace('"username":"grace"', '"username":"grace","disabled":true'))
    expect(await isGood(hers)).toEqual({ userinfo: false, refreshed: false })
    expect(await silently(browser, 'vault')).toBe('login_required')
    expect((await guess(server, 'grace', grace.password)).code).toBe('wrong-password')
    expect((await guess(server, 'nobody', grace.password)).code).toBe('wrong-password')
    await changePeople()
    expect((await tokensAt(new Browser(), 'vault', grace)).amr).toEqual(['pwd'])
  })
})
