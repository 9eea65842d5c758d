import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Browser, eventsIn, viewIn } from './browser.ts'
import { launch, openWindow } from './chromium.ts'
import { ada, demo, nowhere } from './people/people.ts'
import { answerOf, arrive, ask, identify, redeem, type UnderWay, underWayIn } from './sign-in.ts'
import { toyFiles, toyLines } from './toy-factor.ts'

// A new factor is a folder in each layer and a line in each registry, and nothing else: one is added to a copy of the tree.

const root = new URL('..', import.meta.url).pathname
const copy = mkdtempSync(join(tmpdir(), 'sallyport-toy-'))
const device = join(copy, 'device')
const parts = ['shared', 'server', 'web', 'package.json', 'tsconfig.json', 'vite.config.ts']
const rules = ['tests/architecture.test.ts', 'tests/walk.test.ts', 'tests/seeded.ts']

function addToy() {
  for (const part of [...parts, ...rules]) cpSync(join(root, part), join(copy, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  mkdirSync(device)
  // Its own tests are its own affair.
  const product = { extends: './tsconfig.json', include: ['shared', 'server', 'web'] }
  writeFileSync(join(copy, 'tsconfig.product.json'), JSON.stringify(product))
  for (const [path, text] of Object.entries(toyFiles)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    writeFileSync(join(copy, path), text)
  }
  for (const [path, { imports, line, end }] of Object.entries(toyLines)) {
    const [list = '', ...rest] = readFileSync(join(copy, path), 'utf8').split(end)
    expect(rest, path).toHaveLength(1)
    const ended = list.endsWith('\n') || list === '' ? list : `${list}\n`
    writeFileSync(join(copy, path), `${imports ? `${imports}\n` : ''}${ended}${line}\n${end}${rest[0]}`)
  }
}

const { PATH = '' } = process.env
const env = { PATH, NODE_COMPILE_CACHE: join(tmpdir(), 'sallyport-compiled') }
const node = (args: readonly string[], more: Record<string, string> = {}) =>
  spawn(process.execPath, args, { cwd: copy, env: { ...env, ...more } })

/** Runs a program in the copy; what it complains of. */
async function complaintsOf(mode: string, ...args: readonly string[]): Promise<string> {
  const child = node(args, { NODE_ENV: mode })
  let said = ''
  child.stdout.on('data', (chunk) => (said += chunk))
  child.stderr.on('data', (chunk) => (said += chunk))
  const [code] = await once(child, 'close')
  return code === 0 ? '' : said
}

/** Serves from the copy until it is killed, and says where. */
async function serve() {
  const config = demo(nowhere, 'free_failures: 1').replace('[password, totp] }', '[password, toy], enrol: inline }')
  writeFileSync(join(copy, 'sallyport.yaml'), config)
  // Nothing but a password: whoever has more is asked for it before they get a toy.
  const { username, password } = ada
  writeFileSync(join(copy, 'people.yaml'), JSON.stringify([{ username, password }]))
  const args = ['server/cli/main.ts', 'serve', '--port', '0', '--config', 'sallyport.yaml', '--data', 'data']
  const child = node(args, { NODE_ENV: 'production', TOY_DEVICE: device })
  let said = ''
  for await (const chunk of child.stderr.iterator({ destroyOnReturn: false })) {
    said += chunk
    const [issuer] = /http:\/\/localhost:\d+(?=\/bench)/.exec(said) ?? []
    if (issuer) return { issuer, child }
  }
  throw new Error(said)
}

addToy()
const builds = ['node_modules/vite/bin/vite.js', 'build', '--app', '--logLevel', 'warn']
expect(await complaintsOf('production', ...builds)).toBe('')
const { issuer, child } = await serve()
const server = { issuer, clients: nowhere }
afterAll(async () => {
  child.kill('SIGINT')
  await once(child, 'exit')
  rmSync(copy, { recursive: true, force: true })
})

/** Somebody at the toy's question, who has just made one if they had none. */
async function atToy() {
  const browser = new Browser()
  const asked = await ask(server, 'treasury')
  const { page, view } = await arrive(browser, asked)
  const post = async (action: string, fields: object) => underWayIn(await browser.post(`${page}/${action}`, fields))
  const named = await identify(browser, page, view, ada.username)
  let open = await post('answer', answerOf(named, ada.password))
  if (open.at === 'enrol') {
    const begun = await post('enrol', { revision: open.revision, factor: 'toy' })
    open = await post('enrol', { revision: begun.revision, answer: {} })
  }
  return { browser, asked, page, post, open }
}
const challengeOf = (view: UnderWay) => {
  if (view.at !== 'answer') throw new Error(`No challenge is open: ${JSON.stringify(view)}`)
  return view.challenge
}
const numberIn = (view: UnderWay) => {
  const { prompt } = challengeOf(view)
  return 'number' in prompt ? prompt.number : null
}
const toyAnswer = (view: UnderWay) => ({ challenge: challengeOf(view).id, revision: view.revision, answer: {} })
const allow = (view: UnderWay) => writeFileSync(join(device, `allowed ${numberIn(view)}`), '')

test('the copy compiles, and its architecture holds', async () => {
  const complaints = [
    complaintsOf('test', 'node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.product.json'),
    complaintsOf('test', 'node_modules/vitest/vitest.mjs', 'run', 'tests/architecture.test.ts'),
  ]
  expect(await Promise.all(complaints)).toEqual(['', ''])
})

test('its page is drawn by the server, and what it sends goes out by its own channel', async () => {
  const { browser, page, open } = await atToy()
  const html = await (await browser.get(page)).text()
  expect(html).toContain('Allow it on your toy')
  expect(html).toContain(`Your toy shows ${numberIn(open)}, too.`)
  expect(readdirSync(device)).toContain(`asked ${numberIn(open)}`)
})

test('pending until it is allowed elsewhere, and proven by the next answer alone', async () => {
  const { browser, asked, page, post, open } = await atToy()
  const pending = await post('answer', toyAnswer(open))
  expect(pending).toMatchObject({ at: 'answer', refusal: null })
  expect(challengeOf(pending)).toMatchObject({ id: challengeOf(open).id, factor: 'toy' })
  expect(challengeOf(pending).pending?.askAgainInMs).toBeGreaterThan(0)
  const html = await (await browser.get(page)).text()
  expect(html).toContain('Waiting for you to allow this on your other device…')
  expect(html).toContain('Check again')

  // Too early, it changes nothing.
  expect((await post('answer', toyAnswer(pending))).revision).toBe(pending.revision)
  allow(pending)
  expect(challengeOf(await underWayIn(await browser.get(`${page}/view`))).id).toBe(challengeOf(open).id)
  const done = await post('answer', toyAnswer(pending))
  if (done.at !== 'done') throw new Error(JSON.stringify(done))
  const claims = (await redeem(asked, (await browser.follow(done.goTo)).url)).claims()
  expect(claims?.amr).toEqual(['pwd', 'otp', 'mfa'])
})

test('an answer that is pending costs nothing, though a single wrong one would lock', async () => {
  const { browser, page, post, open } = await atToy()
  const left = async () => challengeOf(await underWayIn(await browser.get(`${page}/view`))).pending?.askAgainInMs
  const pending = await post('answer', toyAnswer(open))
  await expect.poll(left, { timeout: 10_000 }).toBe(0)
  const again = await post('answer', toyAnswer(pending))
  expect(again).toMatchObject({ at: 'answer', refusal: null })
  expect(again.revision).toBeGreaterThan(pending.revision)
  allow(again)
  expect((await post('answer', toyAnswer(again))).at).toBe('done')
})

test('without a script the form is sent again', async () => {
  const { browser, page, open } = await atToy()
  const fields = (view: UnderWay) => ({ challenge: challengeOf(view).id, revision: String(view.revision) })
  const sent = await browser.postForm(`${page}/answer`, fields(open))
  expect([sent.status, sent.headers.get('location')]).toEqual([303, new URL(page).pathname])
  const pending = await underWayIn(await browser.get(page))
  allow(pending)
  const done = await browser.postForm(`${page}/answer`, fields(pending))
  expect(done.headers.get('refresh')).toMatch(/^0; url=\S+\/auth\//)
  expect(await done.text()).toContain('You’re signed in')
})

test('the stream tells of the view, then that it is decided, then that there is something else to look at', async () => {
  const { browser, page, post, open } = await atToy()
  expect((await browser.get(`${page}/events`)).status).toBe(204)
  const pending = await post('answer', toyAnswer(open))
  const response = await browser.get(`${page}/events`)
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  expect(response.headers.get('cache-control')).toBe('no-store')
  const events = eventsIn(response)
  const first = await events()
  expect(first).toMatchObject({ id: String(pending.revision), view: { at: 'answer', revision: pending.revision } })
  allow(pending)
  const decided = await events()
  expect(decided).toMatchObject({ id: first.id, view: { challenge: { pending: { askAgainInMs: 0 } } } })
  // The stream proves nothing: the sign-in waits for an answer.
  expect((await viewIn(await browser.get(`${page}/view`))).at).toBe('answer')
  expect((await post('answer', toyAnswer(pending))).at).toBe('done')
  expect((await events()).event).toBe('look')
  expect((await new Browser().get(`${page}/events`)).status).toBe(204)
})

test('fifty streams from an address, and room again when one is left', async () => {
  const { browser, page, post, open } = await atToy()
  await post('answer', toyAnswer(open))
  const stream = () => browser.get(`${page}/events`)
  const all = await Promise.all(Array.from({ length: 50 }, stream))
  expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]))
  const refused = await stream()
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([429, 'too-many-requests'])
  await all[0]?.body?.cancel()
  await expect.poll(async () => (await stream()).status, { timeout: 10_000 }).toBe(200)
  await Promise.all(all.slice(1).map(({ body }) => body?.cancel()))
})

test('HEAD opens no stream: nobody would read it', async () => {
  const { browser, page, post, open } = await atToy()
  await post('answer', toyAnswer(open))
  const cookie = await browser.jar.getCookieString(page)
  const heads = Array.from({ length: 50 }, () => fetch(`${page}/events`, { method: 'HEAD', headers: { cookie } }))
  expect(new Set((await Promise.all(heads)).map(({ status }) => status))).toEqual(new Set([204]))
  const stream = await browser.get(`${page}/events`)
  expect(stream.status).toBe(200)
  await stream.body?.cancel()
})

test('the page goes on by itself as soon as it is allowed, and its heading keeps the focus until then', async () => {
  const browser = await launch()
  const { page, complaints } = await openWindow(browser)
  try {
    const left = page.waitForRequest((request) => request.url().startsWith(nowhere.treasury))
    await page.goto((await ask(server, 'treasury')).url)
    for (const [name, value] of [
      ['username', ada.username],
      ['password', ada.password],
    ]) {
      await page.fill(`[name=${name}]`, value ?? '')
      await page.press(`[name=${name}]`, 'Enter')
      await page.waitForSelector(name === 'username' ? '[name=password]' : 'h1:has-text("Allow it on your toy")')
    }
    const number = /\d+/.exec((await page.textContent('p:has-text("Your toy shows")')) ?? '')?.[0]
    const stream = page.waitForRequest((request) => request.url().endsWith('/events'))
    await page.getByRole('button', { name: 'I’ve allowed it' }).click()
    await page.getByText('Waiting for you to allow this on your other device…').waitFor()
    expect((await stream).resourceType()).toBe('eventsource')
    await page.waitForResponse((response) => response.url().endsWith('/answer'))
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Allow it on your toy')
    writeFileSync(join(device, `allowed ${number}`), '')
    await left
    expect(complaints).toEqual([])
  } finally {
    await browser.close()
  }
})

test('what was denied elsewhere is refused once, and pending no more: no page asks again by itself', async () => {
  const { page, post, browser, open } = await atToy()
  const pending = await post('answer', toyAnswer(open))
  writeFileSync(join(device, `denied ${numberIn(pending)}`), '')
  const answered = await post('answer', toyAnswer(pending))
  expect(answered.refusal?.code).toBe('locked')
  expect(challengeOf(answered).pending).toBeUndefined()
  expect((await browser.get(`${page}/events`)).status).toBe(204)
})
