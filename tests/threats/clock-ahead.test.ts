import * as oidc from 'openid-client'
import { beforeEach, expect, test } from 'vitest'
import { endEverything } from '#server/evidence/ending.ts'
import { enrolledBy } from '#server/evidence/facts.ts'
import { codeOf, nextStep } from '../app.ts'
import { Browser, viewIn } from '../browser.ts'
import { demo, grace } from '../people/people.ts'
import {
  answerOf,
  arrive,
  ask,
  codeAnswerOf,
  errorIn,
  guess,
  identify,
  redeem,
  signIn,
  underWayIn,
} from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The fault: a server's clock is a year ahead for an hour, and is put right. What it wrote then (locks, spent codes, ends)
// would lock people out for a year, or let a session, a code or a spent one-time password be good for as long.

const server = await serverForAll()
const yearMs = 365 * 86_400_000
const [phone] = grace.apps as [(typeof grace.apps)[number]]
/** Does something while the clock is a year ahead. */
async function aYearAhead<T>(work: () => Promise<T>): Promise<T> {
  server.clock.aheadMs += yearMs
  try {
    return await work()
  } finally {
    server.clock.aheadMs -= yearMs
  }
}
beforeEach(() => {
  server.clock.aheadMs += 13 * 3_600_000
  nextStep(server)
})

async function withCode(code: () => string) {
  const browser = new Browser()
  const asked = await ask(server, 'treasury')
  const { page, view } = await arrive(browser, asked)
  const named = await identify(browser, page, view, grace.username)
  const second = await underWayIn(await browser.post(`${page}/answer`, answerOf(named, grace.password)))
  const at =
    second.at === 'choose'
      ? await underWayIn(await browser.post(`${page}/challenge`, { revision: second.revision, ...second.methods[0] }))
      : second
  return underWayIn(await browser.post(`${page}/answer`, codeAnswerOf(at, code())))
}
const silently = async (browser: Browser) =>
  errorIn((await browser.follow((await ask(server, 'harbour', { prompt: 'none' })).url)).url)

test('a lock is none afterwards; the failures stay, and the next one waits by the right clock', async () => {
  await aYearAhead(async () => {
    for (let failure = 0; failure < 7; failure++) {
      await guess(server, grace.username, 'wrong')
      server.clock.aheadMs += 5 * 60_000
    }
    server.clock.aheadMs -= 35 * 60_000
    expect((await guess(server, grace.username, 'wrong')).code).toBe('locked')
  })
  const { view } = await guess(server, grace.username, 'wrong')
  const waitMs = Date.parse(view.refusal?.until ?? '') - Date.now() - server.clock.aheadMs
  expect(waitMs).toBeLessThanOrEqual(15 * 60_000)
  expect(waitMs).toBeGreaterThan(60_000)
  server.clock.aheadMs += 16 * 60_000
  expect((await guess(server, grace.username, grace.password)).view.at).toBe('done')
})

test('an app’s codes are good again at once, and none that was spent is: not then, not now, not in a year', async () => {
  const justBefore = codeOf(server, phone)
  expect((await withCode(() => justBefore)).at).toBe('done')
  const then = await aYearAhead(async () => {
    const code = codeOf(server, phone)
    expect((await withCode(() => code)).at).toBe('done')
    return code
  })
  expect((await withCode(() => justBefore)).refusal?.code).toBe('used-code')
  expect((await withCode(() => codeOf(server, phone, 1))).at).toBe('done')
  expect((await withCode(() => codeOf(server, phone, 1))).refusal?.code).toBe('used-code')
  expect((await aYearAhead(() => withCode(() => then))).refusal?.code).toBe('used-code')
})

test('sessions, codes and tokens of that hour are over', async () => {
  const browser = new Browser()
  const asked = await ask(server)
  const other = await ask(server, 'lighthouse')
  const { tokens, code } = await aYearAhead(async () => ({
    tokens: await redeem(asked, await signIn(browser, asked, grace)),
    code: (await browser.follow(other.url)).url,
  }))
  expect(await silently(browser)).toBe('login_required')
  await expect(redeem(other, code)).rejects.toMatchObject({ error: 'invalid_grant' })
  await expect(oidc.refreshTokenGrant(asked.config, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  const again = await ask(server)
  expect(await signIn(new Browser(), again, grace)).toMatch(/code=/)
})

test('a sign-in that was begun then is over, and what was proven in it counts no more', async () => {
  const browser = new Browser()
  const { page, view } = await aYearAhead(async () => {
    const arrived = await arrive(browser, await ask(server, 'treasury'))
    const named = await identify(browser, arrived.page, arrived.view, grace.username)
    const proven = await browser.post(`${arrived.page}/answer`, answerOf(named, grace.password))
    return { page: arrived.page, view: await underWayIn(proven) }
  })
  expect(view.at).toBe('answer')
  expect(await viewIn(await browser.get(`${page}/view`))).toMatchObject({ at: 'over' })
})

test('that everything was ended then, ends what was before, and nothing after', async () => {
  const browser = new Browser()
  await signIn(browser, await ask(server), grace)
  const { store } = server.app.context
  const account = (await store.people.byName(grace.username))?.id ?? ''
  await store.transaction((inside) => endEverything(inside, account, Date.now() + server.clock.aheadMs + yearMs))
  expect(await silently(browser)).toBe('login_required')
  const anew = new Browser()
  const asked = await ask(server)
  expect((await redeem(asked, await signIn(anew, asked, grace))).claims()?.amr).toEqual(['pwd'])
  expect(await silently(anew)).toBe(null)
})

test('a time that was given to enrol something in is no longer for it', async () => {
  server.reconfigure((clients) => demo(clients).replace('[password, totp] }', '[password, token], enrol: grace 14d }'))
  const arrived = async () => {
    const browser = new Browser()
    const { page, view } = await arrive(browser, await ask(server, 'treasury'))
    const named = await identify(browser, page, view, grace.username)
    return (await underWayIn(await browser.post(`${page}/answer`, answerOf(named, grace.password)))).at
  }
  expect(await aYearAhead(arrived)).toBe('done')
  expect(await arrived()).toBe('done')
  server.clock.aheadMs += 13 * 86_400_000
  expect(await arrived()).toBe('done')
  server.clock.aheadMs += 2 * 86_400_000
  expect(await arrived()).toBe('refused')
})

test('what was bound then is not newer than what is proven after it: a recovery code of now is not renewed by it', async () => {
  const { store, now } = server.app.context
  const account = (await store.people.byName(grace.username))?.id ?? ''
  const one = { id: 'bound then', account, factor: 'totp', label: 'Bound then', credential: null } as const
  await store.authenticators.add(one, now().getTime() + yearMs)
  const all = await enrolledBy(server.app.context, account, null)
  expect(all.find(({ id }) => id === one.id)?.boundAt).toBeNull()
  await store.authenticators.remove(one)
})
