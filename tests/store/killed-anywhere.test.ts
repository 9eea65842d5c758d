import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { digestOf } from '#server/store/records.ts'
import { Browser, viewIn } from '../browser.ts'
import { file, folder } from '../cli/run.ts'
import { ada, demo, nowhere, people } from '../people/people.ts'
import { type Asked, answerOf, arrive, ask, identify, redeem, underWayIn } from '../sign-in.ts'

// The fault: kill -9 before or after any statement of a sign-in. Whatever an answer had said is true when the server is
// back: a wrong answer that was told is counted, a sign-in that is done can be gone on with, a code that came is good
// once, and a code that was redeemed is not good again.

const exhaustive = Boolean(process.env.SALLYPORT_EXHAUSTIVE)
const main = new URL('../../server/cli/main.ts', import.meta.url).pathname
const preload = new URL('./kill-at.ts', import.meta.url).href

const inside = folder()
file(inside, 'people.yaml', people)
const listening = createServer().listen(0, '127.0.0.1')
await once(listening, 'listening')
const { port } = listening.address() as AddressInfo
listening.close()
const issuer = `http://localhost:${port}`
const settings = ['--config', file(inside, 'c.yaml', demo(nowhere)), '--data', `${inside}/data`, '--port', String(port)]

let child: ChildProcess | null = null
async function serve() {
  const { PATH = '', NODE_COMPILE_CACHE = join(tmpdir(), 'sallyport-compiled') } = process.env
  child = spawn(process.execPath, ['--import', preload, main, 'serve', ...settings], {
    env: { PATH, NODE_COMPILE_CACHE, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const isReady = async () => (await fetch(`${issuer}/readyz`).catch(() => null))?.status
  await expect.poll(isReady, { timeout: 30_000 }).toBe(200)
}
async function tell(message: object | string): Promise<unknown> {
  child?.send(message)
  return (await once(child as ChildProcess, 'message'))[0]
}
async function kill() {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
afterAll(kill)

/** What answers have said, and what it takes to go on from there. */
interface Told {
  readonly browser: Browser
  readonly asked: Asked
  page?: string
  wrong?: true
  goTo?: string
  code?: string
  redeemed?: true
}

async function signIn(told: Told): Promise<void> {
  const { browser, asked } = told
  const { page, view } = await arrive(browser, asked)
  told.page = page
  const named = await identify(browser, page, view, ada.username)
  const wrong = await underWayIn(await browser.post(`${page}/answer`, answerOf(named, 'wrong')))
  told.wrong = true
  const done = await viewIn(await browser.post(`${page}/answer`, answerOf(wrong, ada.password)))
  if (done.at !== 'done') throw new Error(done.at)
  told.goTo = done.goTo
  told.code = (await browser.follow(done.goTo)).url
  await redeem(asked, told.code)
  told.redeemed = true
}

/** The kinds of what was written down about a sign-in. */
function recorded({ asked }: Told): unknown[] {
  const raw = new DatabaseSync(`${inside}/data/sallyport.sqlite`, { readOnly: true })
  const rows = raw.prepare('SELECT kind FROM records WHERE run = ?').all(digestOf(asked.checks.expectedNonce ?? ''))
  raw.close()
  return rows.map(({ kind }) => kind)
}

/** Expects that what was said is true, and gives how far it had come. */
async function isTrue(told: Told): Promise<string> {
  const { browser, asked, page, wrong, goTo, code, redeemed } = told
  const kinds = recorded(told)
  if (wrong) expect(kinds).toContain('refused')
  if (goTo) expect(kinds).toContain('proven')
  if (redeemed) {
    await expect(redeem(asked, code ?? '')).rejects.toMatchObject({ error: 'invalid_grant' })
    return 'redeemed'
  }
  if (code) {
    // The redemption that was cut off may have spent it; told or not, it is not good twice.
    const again = [await redeem(asked, code).catch(() => null), await redeem(asked, code).catch(() => null)]
    expect(again[1]).toBeNull()
    return again[0] ? 'code' : 'spent'
  }
  if (goTo) {
    const { url, response } = await browser.follow(goTo)
    if (!new URL(url).searchParams.has('code')) {
      // It was finished, and nobody heard of the code: the page says that it is over.
      expect([recorded(told).includes('issued'), response.status < 500]).toEqual([true, true])
      return 'finished'
    }
    expect((await redeem(asked, url)).claims()?.amr).toEqual(['pwd'])
    return 'done'
  }
  if (!page) return 'nothing'
  const view = await viewIn(await browser.get(`${page}/view`))
  expect(['identify', 'answer', 'done']).toContain(view.at)
  return view.at
}

test('kill -9 around any statement of a sign-in leaves true what was said', { timeout: 900_000 }, async () => {
  await serve()
  const begin = async (): Promise<Told> => ({ browser: new Browser(), asked: await ask({ issuer, clients: nowhere }) })
  await tell({ at: -1, when: 'after' })
  await signIn(await begin())
  const all = Number(await tell('count'))
  expect(all).toBeGreaterThan(20)
  const every = Array.from({ length: all }, (_, at) =>
    (['before', 'after'] as const).map((when) => ({ at: at + 1, when })),
  )
  const points = exhaustive
    ? every.flat()
    : [0.45, 0.62, 0.8, 0.97].map((part) => ({ at: Math.ceil(part * all), when: 'after' }))
  const seen: Record<string, number> = {}
  for (const point of points) {
    const told = await begin()
    await tell(point)
    await signIn(told).catch(() => {})
    await kill()
    await serve()
    const state = await isTrue(told)
    // A whole sign-in forgets the wrong answers, so that no lock ends the next one before its time.
    await signIn(await begin())
    seen[state] = (seen[state] ?? 0) + 1
  }
  // It was no test of nothing.
  expect(Object.keys(seen).length).toBeGreaterThan(exhaustive ? 4 : 2)
})
