import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { beforeEach, expect, test } from 'vitest'
import { openSmsService } from '#server/factors/sms/sms-service.ts'
import type { Texting } from '#server/factors/sms/texting.ts'
import { Secret } from '#server/secrets/secret.ts'
import { testerFor } from '../bench.ts'
import { Browser, viewIn } from '../browser.ts'
import { fifty } from '../exhaustive.ts'
import { ada } from '../people/people.ts'
import { givePhone, number, promptOf, texting, textsAt, withPassword } from '../phones.ts'
import { ask, signIn } from '../sign-in.ts'
import { openTestServer, serverForAll } from '../test-server.ts'

// The attack: have texts sent, as many as possible, to numbers whose operator shares the profit; or to oneself, in the place
// of the person (authentik GHSA-qgqp-xh8r-v73r, GitLab CVE-2023-7028: the recipient came from the request).

// Many sign-ins at once are many answers at once.
const patient = (config: string) => config.replace('per_address', 'free_failures: 50, per_address')
const server = await serverForAll((clients) => patient(texting('{ countries: [CH] }')(clients)))
const account = await givePhone(server, 'ada')
const dayMs = 86_400_000
beforeEach(() => {
  server.clock.aheadMs += dayMs + 1000
})
const sent = async (work: () => Promise<unknown>) => {
  const before = textsAt(server)[0]?.id ?? 0
  await work()
  return textsAt(server).filter(({ id }) => id > before)
}

test('fifty requests at once in one sign-in send one text', async () => {
  const { text, choice } = await withPassword(server)
  const texts = await sent(() => Promise.all(Array.from({ length: 50 }, () => text(choice))))
  expect(texts).toHaveLength(1)
})

test('fifty sign-ins at once send five, and say when there is another', async () => {
  const signIns = await fifty(() => withPassword(server))
  let told = 0
  const texts = await sent(async () => {
    const views = await Promise.all(signIns.map(({ text, choice }) => text(choice)))
    told = views.filter(({ refusal }) => refusal?.code === 'too-many-texts').length
  })
  expect([texts.length, told]).toEqual([5, 45])
})

test('a page that opens by itself sends one text, in however many tabs', async () => {
  const alone = await openTestServer(texting('{ countries: [CH] }', 'sms'))
  await givePhone(alone, 'ada')
  const browser = new Browser()
  await browser.follow(await signIn(browser, await ask(alone), ada))
  const authorized = await browser.get((await ask(alone, 'treasury')).url)
  const page = new URL(authorized.headers.get('location') ?? '', alone.issuer).href
  const views = await Promise.all(Array.from({ length: 20 }, async () => viewIn(await browser.get(page))))
  const endings = views.map((view) => 'uid' in view && promptOf(view).ending)
  expect([...new Set(endings), textsAt(alone).length]).toEqual(['67', 1])
  await alone.stop()
})

test('no request names a number', async () => {
  const { browser, page, choice } = await withPassword(server)
  const authenticator =
    choice.at === 'choose' ? choice.methods.find(({ factor }) => factor === 'sms')?.authenticator : ''
  const plain = { revision: choice.revision, factor: 'sms', authenticator }
  const texts = await sent(async () => {
    for (const more of [{ to: '+41790000000' }, { number: '+41790000000' }, { phone: ['+41790000000'] }])
      expect((await browser.post(`${page}/challenge`, { ...plain, ...more })).status).toBe(400)
    for (const other of ['+41790000000', [authenticator, '+41790000000'], null])
      expect((await browser.post(`${page}/challenge`, { ...plain, authenticator: other })).status).toBeGreaterThan(399)
    await browser.post(`${page}/challenge?to=%2B41790000000`, plain)
  })
  expect(texts.map(({ to }) => to)).toEqual(['+41 … 67'])
})

test('a number of another country is sent nothing, to sign in or to be enrolled; nor is any while the list is empty', async () => {
  const { store } = server.app.context
  const [phone] = await store.authenticators.list(account, 'sms')
  if (!phone) throw new Error('She has one.')
  await store.authenticators.rebind({ ...phone, credential: { number: '+12025550142' } }, 0)
  const texts = await sent(async () => {
    const { text, choice } = await withPassword(server)
    expect(await text(choice)).toMatchObject({ at: 'choose', refusal: { code: 'text-not-sent' } })
    const ada = testerFor(server, 'ada')
    const asked = await ada.begin('sms')
    expect(await ada.answer(asked, { number: '+1 202 555 0142' })).toMatchObject({
      refusal: { code: 'no-texts-there' },
    })
  })
  expect(texts).toEqual([])
  const [changed] = await store.authenticators.list(account, 'sms')
  await store.authenticators.rebind({ ...(changed ?? phone), credential: { number } }, 0)

  const off = await openTestServer(texting('{ countries: [] }'))
  await givePhone(off, 'ada')
  const { text, choice } = await withPassword(off)
  expect((await text(choice)).refusal?.code).toBe('text-not-sent')
  expect(textsAt(off)).toEqual([])
  await off.stop()
})

test('enrolling and signing in have one budget', async () => {
  const ada = testerFor(server, 'ada')
  const texts = await sent(async () => {
    for (let time = 0; time < 3; time++) {
      const code = await ada.answer(await ada.begin('sms'), { number: '+41 79 765 43 21' })
      expect(code).toMatchObject({ at: 'asked', prompt: { at: 'code', ending: '21' } })
    }
    for (let time = 0; time < 3; time++) {
      const { text, choice } = await withPassword(server)
      await text(choice)
    }
    const asked = await ada.begin('sms')
    expect(await ada.answer(asked, { number: '+41 79 765 43 21' })).toMatchObject({
      refusal: { code: 'too-many-texts' },
    })
  })
  expect(texts.map(({ to }) => to.slice(-2))).toEqual(['67', '67', '21', '21', '21'])
})

test('fifty answers with a number at once, in one enrolment, send one text', async () => {
  const ada = testerFor(server, 'ada')
  const asked = await ada.begin('sms')
  const texts = await sent(() =>
    Promise.all(Array.from({ length: 50 }, () => ada.answer(asked, { number: '+41 79 765 43 21' }))),
  )
  expect(texts).toHaveLength(1)
})

test('a gateway’s failures are logged without number, text or secret; and the store has none of them in clear', async () => {
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const { store, now } = server.app.context
  const url = new Secret('http://127.0.0.1:9/?password=a-secret&to={to}&text={text}')
  const gateway = { url, method: 'GET', headers: new Map(), body: null, sent: /^ok/u, queued: null } as const
  const texting: Texting = { countries: ['CH'], from: 'x', sender: { is: 'http', gateway } }
  const texts = openSmsService({ config: { sms: texting }, store, log, now })
  expect(await texts.deliver(account, { by: 'sms', to: number, body: '482913 is your code' })).toMatchObject({
    why: { code: expect.any(String) },
  })
  expect(await texts.deliver(account, { by: 'sms', to: '+12025550142', body: '482913 is your code' })).toMatchObject({
    perhaps: false,
  })
  const said = lines.join('')
  expect(said).toContain('a text message was not sent')
  expect(JSON.stringify(server.app.context.config)).not.toContain('a-secret')
  const files = readdirSync(server.dataFolder).filter((name) => name.includes('sqlite'))
  const stored = Buffer.concat(files.map((name) => readFileSync(join(server.dataFolder, name)))).toString('latin1')
  for (const secret of [number, number.slice(3), '2025550142', '482913', 'a-secret'])
    expect([secret, said.includes(secret), stored.includes(secret)]).toEqual([secret, false, false])
})
