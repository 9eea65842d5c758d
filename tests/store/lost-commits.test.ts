import { afterAll, afterEach, expect, test } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { storeOf } from '../locker.ts'
import { ada, grace } from '../people/people.ts'
import { type Asked, answerOf, arrive, ask, identify, provenBy, redeem, signIn } from '../sign-in.ts'
import { openTestServer } from '../test-server.ts'
import { fill } from './opened.ts'
import { watchCommits } from './power.ts'

// The fault: a commit fails as an answer is ready. Nothing of the answer leaves, neither its address nor its cookies, and
// nothing that it would have said is so: what was asked can be asked again.

const watched = watchCommits()
const server = await openTestServer()
afterAll(async () => {
  watched.end()
  await server.stop()
})
const never = Number.POSITIVE_INFINITY
afterEach(() => {
  watched.failing.after = never
})

/** Asks while a commit fails, after so many that do not. */
async function lost(after: number, asking: () => Promise<Response>) {
  watched.failing.after = after
  const response = await asking()
  watched.failing.after = never
  const { status, headers } = response
  return { status, location: headers.get('location'), cookies: headers.getSetCookie(), text: await response.text() }
}
const nothing = { status: 500, location: null, cookies: [] }

const tokenRequest = (asked: Asked, url: string) => () =>
  fetch(`${server.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'harbour',
      code: new URL(url).searchParams.get('code') ?? '',
      code_verifier: String(asked.checks.pkceCodeVerifier),
      redirect_uri: asked.redirectUri,
    }),
  })

test('each step of a sign-in, lost once, says nothing, and is done when it is asked again', async () => {
  const browser = new Browser()
  const asked = await ask(server)
  expect(await lost(0, () => browser.get(asked.url))).toMatchObject(nothing)
  const { page, view } = await arrive(browser, asked)
  const naming = { username: ada.username, revision: view.revision }
  const unnamed = await lost(0, () => browser.post(`${page}/identify`, naming))
  expect(unnamed).toMatchObject(nothing)
  expect(unnamed.text).not.toContain('challenge')
  const named = await identify(browser, page, view, ada.username)
  const answer = () => browser.post(`${page}/answer`, answerOf(named, ada.password))
  const uncharged = await lost(0, answer)
  expect(uncharged).toMatchObject(nothing)
  const unproven = await lost(1, answer)
  expect(unproven).toMatchObject(nothing)
  expect(unproven.text).not.toContain('done')
  expect(await provenBy(server, named)).toEqual([])

  // The answer that was charged has claimed the sign-in: its page shows what is open now.
  const now = await viewIn(await browser.get(`${page}/view`))
  if (now.at !== 'answer') throw new Error(now.at)
  const done = await viewIn(await browser.post(`${page}/answer`, answerOf(now, ada.password)))
  if (done.at !== 'done') throw new Error(done.at)
  const uncoded = await lost(0, () => browser.get(done.goTo))
  expect(uncoded).toMatchObject(nothing)
  expect(uncoded.text).not.toContain('code=')
  const { url } = await browser.follow(done.goTo)
  const unissued = await lost(0, tokenRequest(asked, url))
  expect(unissued).toMatchObject(nothing)
  expect(unissued.text).not.toContain('token')
  expect((await redeem(asked, url)).claims()?.amr).toEqual(['pwd'])
})

test('a full store is a 500 for everybody who writes, and nothing of it is there; with room it goes on', async () => {
  const asked = await ask(server)
  const url = await signIn(new Browser(), asked, grace)
  const database = watched.connectionTo(storeOf(server))
  if (!database) throw new Error('The store has no connection.')
  const state = 'x'.repeat(8000)
  const full = fill(database)
  const begun = await Promise.all(
    [1, 2, 3].map(async () => new Browser().get((await ask(server, 'harbour', { state })).url)),
  )
  expect(begun.map(({ status }) => status)).toEqual([500, 500, 500])
  expect((await fetch(`${server.issuer}/healthz`)).status).toBe(200)
  full.release()
  expect((await redeem(asked, url)).claims()?.amr).toEqual(['pwd'])
  await signIn(new Browser(), await ask(server, 'harbour', { state }), ada)
})

test('of twenty right answers at once one is proven, and the others are told what is open', async () => {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  const named = await identify(browser, page, view, ada.username)
  const answering = Array.from({ length: 20 }, () => browser.post(`${page}/answer`, answerOf(named, ada.password)))
  const statuses = (await Promise.all(answering)).map(({ status }) => status).sort()
  expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 409)])
  expect(await provenBy(server, named)).toHaveLength(1)
})

test('a request that is broken off, before its answer or in its body, fails nobody who writes with it', async () => {
  const ways = await Promise.all(
    [ada, grace, grace].map(async (person) => {
      const browser = new Browser()
      const { page, view } = await arrive(browser, await ask(server))
      return { browser, page, answer: answerOf(await identify(browser, page, view, person.username), person.password) }
    }),
  )
  const [broken, ...whole] = ways
  if (!broken) throw new Error('Nobody is here.')
  const breaking = new AbortController()
  const cookie = await broken.browser.jar.getCookieString(`${broken.page}/answer`)
  const cut = fetch(`${broken.page}/answer`, {
    method: 'POST',
    signal: breaking.signal,
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify(broken.answer),
  }).catch(() => null)
  const half = new AbortController()
  const unfinished = fetch(`${broken.page}/answer`, {
    method: 'POST',
    signal: half.signal,
    headers: { 'content-type': 'application/json', cookie },
    body: new ReadableStream({ start: (body) => body.enqueue(new TextEncoder().encode('{"challenge":')) }),
    duplex: 'half',
  } as RequestInit).catch(() => null)
  const answered = whole.map(({ browser, page, answer }) => browser.post(`${page}/answer`, answer))
  setTimeout(() => breaking.abort(), 5)
  setTimeout(() => half.abort(), 8)
  const views = await Promise.all((await Promise.all(answered)).map(viewIn))
  expect(views.map(({ at }) => at)).toEqual(['done', 'done'])
  expect(await Promise.all([cut, unfinished])).toEqual([null, null])
})
