import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { givePhone, lastCode, number, promptOf, texting, textsAt, withPassword, wrongCode } from '../phones.ts'
import { arrive, ask, identify, provenBy, redeem, underWayIn } from '../sign-in.ts'
import { openTestServer, serverForAll } from '../test-server.ts'

const server = await serverForAll(texting('{ countries: [CH] }'))
await givePhone(server, 'ada')
const dayMs = 86_400_000
beforeEach(() => {
  server.clock.aheadMs += dayMs + 1000
  if (server.app.context.channels.sms.outbox) server.app.context.channels.sms.outbox.chaos = 'off'
})
const later = (ms: number) => {
  server.clock.aheadMs += ms
}

async function atText() {
  const begun = await withPassword(server)
  return { ...begun, open: await begun.text(begun.choice) }
}

test('a password and a texted code: pwd, sms and mfa, at AAL2', async () => {
  const { browser, asked, open, answer } = await atText()
  expect(promptOf(open).ending).toBe('67')
  expect(textsAt(server)[0]?.to).toBe('+41 … 67')
  const code = lastCode(server)
  const done = await answer(open, `${code.slice(0, 3)} ${code.slice(3)}`)
  if (done.at !== 'done') throw new Error(JSON.stringify(done))
  const claims = (await redeem(asked, (await browser.follow(done.goTo)).url)).claims()
  expect(claims).toMatchObject({ amr: ['pwd', 'sms', 'mca', 'mfa'], acr: 'urn:sallyport:acr:aal2' })
  expect((await provenBy(server, open)).map(({ factor }) => factor)).toEqual(['password', 'sms'])
})

test('the text: one part, its last line bound to our host', async () => {
  await atText()
  const code = lastCode(server)
  expect(textsAt(server)[0]?.body).toBe(
    `${code} is your localhost code. It works for 5 minutes. Don't share it.\n\n@localhost #${code}`,
  )
})

test('sent again, it is the same code, not before the server says so, and three times in all', async () => {
  const { open, text, answer } = await atText()
  const code = lastCode(server)
  const before = textsAt(server).length
  const waits: number[] = []
  let view = open
  for (let send = 1; send < 3; send++) {
    const early = await text(view)
    expect([textsAt(server).length, promptOf(early)]).toEqual([before + send - 1, promptOf(view)])
    const waitMs = new Date(promptOf(view).resendAt ?? 0).getTime() - Date.now() - server.clock.aheadMs
    waits.push(Math.round(waitMs / 10_000) * 10)
    later(waitMs + 1000)
    view = await text(early)
    expect([textsAt(server).length, lastCode(server)]).toEqual([before + send, code])
  }
  expect(waits).toEqual([30, 60])
  expect(promptOf(view).resendAt).toBeNull()
  later(2 * 60_000)
  view = await text(view)
  expect(textsAt(server)).toHaveLength(before + 2)
  expect((await answer(view, code)).at).toBe('done')
})

test('after five minutes it is no code any more, and another one is sent where there may be one', async () => {
  const { open, text, answer } = await atText()
  const old = lastCode(server)
  later(5 * 60_000)
  const expired = await answer(open, old)
  expect(expired.refusal?.code).toBe('expired-code')
  const again = await text(expired)
  expect(lastCode(server)).not.toBe(old)
  const wrong = await answer(again, old)
  expect(wrong.refusal?.code).toBe('wrong-text-code')
  expect((await answer(wrong, lastCode(server))).at).toBe('done')
})

test('reload, and another method and back: no other text is sent', async () => {
  const { browser, page, open, another, text, answer } = await atText()
  const before = textsAt(server).length
  for (let time = 0; time < 3; time++) await browser.get(page)
  const reloaded = await underWayIn(await browser.get(`${page}/view`))
  expect(reloaded).toEqual({ ...open, closesInMs: expect.any(Number) })
  const choice = await another(reloaded)
  expect(choice.at).toBe('choose')
  const app = choice.at === 'choose' ? choice.methods.find(({ factor }) => factor === 'totp') : null
  const chosen = { revision: choice.revision, factor: 'totp', authenticator: app?.authenticator }
  const elsewhere = await underWayIn(await browser.post(`${page}/challenge`, chosen))
  expect(elsewhere).toMatchObject({ at: 'answer', challenge: { factor: 'totp' } })
  const back = await text(await another(elsewhere))
  expect([textsAt(server).length, promptOf(back)]).toEqual([before, promptOf(open)])
  expect((await answer(back, lastCode(server))).at).toBe('done')
})

test('another sign-in’s code is wrong, and a code that was used is nothing in the next one', async () => {
  const [one, other] = [await atText(), await atText()]
  const [second, first] = textsAt(server).map(({ body }) => body.slice(0, 6)) as [string, string]
  const swapped = await one.answer(one.open, second)
  expect(swapped.refusal?.code).toBe('wrong-text-code')
  expect((await one.answer(swapped, first)).at).toBe('done')
  expect((await other.answer(other.open, first)).refusal?.code).toBe('wrong-text-code')
})

test('a number that changes on the way proves nothing with the code of the one before', async () => {
  const { open, answer } = await atText()
  const { store } = server.app.context
  const account = (await store.people.byName('ada'))?.id ?? ''
  const [phone] = await store.authenticators.list(account, 'sms')
  if (!phone) throw new Error('She has one.')
  await store.authenticators.rebind({ ...phone, credential: { number: '+41791234568' } }, 0)
  expect((await answer(open, lastCode(server))).refusal?.code).toBe('not-offered')
  const [changed] = await store.authenticators.list(account, 'sms')
  await store.authenticators.rebind({ ...(changed ?? phone), credential: { number } }, 0)
})

test('nor does it where the authenticator is the same one', async () => {
  const { open, answer } = await atText()
  const { store } = server.app.context
  const own = async () => {
    const [phone] = await store.authenticators.list((await store.people.byName('ada'))?.id ?? '', 'sms')
    if (!phone) throw new Error('She has one.')
    return phone
  }
  await store.authenticators.update({ ...(await own()), credential: { number: '+41791234568' } })
  expect((await answer(open, lastCode(server))).refusal?.code).toBe('wrong-text-code')
  await store.authenticators.update({ ...(await own()), credential: { number } })
})

test('nothing is sent before something was proven, whoever is named', async () => {
  const sms1st = await openTestServer((clients) =>
    texting('{ countries: [CH] }')(clients).replace('[password, { oneOf: [sms, totp] }]', '[sms, password]'),
  )
  await givePhone(sms1st, 'ada')
  const shown = []
  for (const username of ['ada', 'nobody']) {
    const browser = new Browser()
    const { page, view } = await arrive(browser, await ask(sms1st, 'treasury'))
    const named = await identify(browser, page, view, username)
    const { revision } = named
    const forced = await underWayIn(await browser.post(`${page}/challenge`, { revision, factor: 'sms' }))
    shown.push([named.at, named.refusal, forced.at, forced.refusal])
  }
  expect(shown[0]).toEqual(['choose', { code: 'text-too-soon' }, 'choose', { code: 'text-too-soon' }])
  expect(shown[1]).toEqual(shown[0])
  expect(textsAt(sms1st)).toEqual([])
  await sms1st.stop()
})

async function failuresOf() {
  const { store } = server.app.context
  return (
    (await store.attempts.get(`sms of account ${(await store.people.byName('ada'))?.id} after a proof`))?.failures ?? 0
  )
}

test.each(['fail', 'delay'] as const)('%s: the person is told, chooses, and no attempt is charged', async (chaos) => {
  const { outbox } = server.app.context.channels.sms
  if (!outbox) throw new Error('There is an outbox.')
  outbox.chaos = chaos
  const before = textsAt(server).length
  const failures = await failuresOf()
  const { browser, page, open, text, answer } = await atText()
  const why = chaos === 'fail' ? 'text-not-sent' : 'text-late'
  expect(open).toMatchObject({ at: 'choose', refusal: { code: why } })
  expect(open.at === 'choose' && open.methods.map(({ factor }) => factor).toSorted()).toEqual(['sms', 'totp', 'totp'])
  expect(await viewIn(await browser.get(`${page}/view`))).toEqual({ ...open, closesInMs: expect.any(Number) })
  expect(textsAt(server)).toHaveLength(before)
  expect(await failuresOf()).toBe(failures)

  outbox.chaos = 'off'
  if (chaos === 'delay') later(31_000)
  const back = await text(open)
  const again = chaos === 'delay' ? await text(back) : back
  expect(textsAt(server)).toHaveLength(before + 1)
  expect((await answer(again, lastCode(server))).at).toBe('done')
})

test('whose text messages are locked is sent none: they are told until when, and the other ways stay', async () => {
  let { open, text, answer } = await atText()
  for (let time = 0; time < 5; time++) open = await answer(open, wrongCode(server))
  expect(open.refusal?.code).toBe('locked')
  const before = textsAt(server).length
  const { until } = open.refusal ?? {}
  const locked = { at: 'choose', refusal: { code: 'locked', until } }
  later(31_000)
  expect(await text(open)).toMatchObject(locked)
  const begun = await withPassword(server)
  const told = await begun.text(begun.choice)
  expect(told).toMatchObject(locked)
  expect(told.at === 'choose' && told.methods.map(({ factor }) => factor).toSorted()).toEqual(['sms', 'totp', 'totp'])
  expect(textsAt(server)).toHaveLength(before)
  later(60_000)
  const sent = await begun.text(told)
  expect(textsAt(server)).toHaveLength(before + 1)
  expect((await begun.answer(sent, lastCode(server))).at).toBe('done')
})

test('five texts a day, whatever sign-in they are for; a gateway that refuses costs none of them', async () => {
  const { outbox } = server.app.context.channels.sms
  if (!outbox) throw new Error('There is an outbox.')
  outbox.chaos = 'fail'
  for (let time = 0; time < 6; time++) await atText()
  outbox.chaos = 'off'
  const before = textsAt(server).length
  for (let time = 0; time < 5; time++) promptOf((await atText()).open)
  const { open } = await atText()
  expect(open).toMatchObject({ at: 'choose', refusal: { code: 'too-many-texts' } })
  const until = new Date(open.refusal?.until ?? 0).getTime() - Date.now() - server.clock.aheadMs
  expect(until).toBeGreaterThan(dayMs - 60_000)
  expect(until).toBeLessThanOrEqual(dayMs)
  await server.restart()
  expect((await atText()).open.refusal?.code).toBe('too-many-texts')
  expect(textsAt(server).length === 0 && before > 0).toBe(true)
  later(dayMs)
  promptOf((await atText()).open)
})

test('neither the number nor a code is in the store in clear, nor in any answer', async () => {
  const { browser, page, open } = await atText()
  const files = readdirSync(server.dataFolder).filter((name) => name.includes('sqlite'))
  const bytes = Buffer.concat(files.map((name) => readFileSync(join(server.dataFolder, name))))
  expect(bytes.includes('SignIn')).toBe(true)
  const shown = `${JSON.stringify(open)} ${await (await browser.get(page)).text()}`
  for (const secret of [number, number.slice(1), number.slice(3), lastCode(server), wrongCode(server)])
    expect([secret, bytes.includes(secret), shown.includes(secret)]).toEqual([secret, false, false])
})
