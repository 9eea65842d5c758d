import { expect, test } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { ada } from '../people/people.ts'
import { answerOf, arrive, ask, errorIn, identify } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: reach the end without the proof, by calling the addresses that a good run ends with, or by posting
// something that a careless step takes for an answer (Zitadel CVE-2025-64103, authentik CVE-2026-49443).

const server = await serverForAll()

async function named() {
  const browser = new Browser()
  const asked = await ask(server)
  const { page, view } = await arrive(browser, asked)
  return { browser, asked, page, view: await identify(browser, page, view, ada.username) }
}

async function expectNobodySignedIn(browser: Browser) {
  const silent = await ask(server, 'harbour', { prompt: 'none' })
  expect(errorIn((await browser.follow(silent.url)).url)).toBe('login_required')
}

test('the engine’s resume address gives no code before the proof', async () => {
  const { browser, view } = await named()
  const { url, response } = await browser.follow(`${server.issuer}/auth/${view.uid}`)
  expect(new URL(url).searchParams.get('code')).toBeNull()
  expect(url).toMatch(/\/sign-in\//)
  expect((await viewIn(response)).at).toBe('identify')
  await expectNobodySignedIn(browser)
})

test('addresses of ours that might finish do not', async () => {
  const { browser, page } = await named()
  for (const end of ['finish', 'done', 'continue', 'resume', 'answer', 'view?done=true'])
    await browser.get(`${page}/${end}`)
  for (const end of ['finish', 'done', 'complete']) expect((await browser.post(`${page}/${end}`, {})).status).toBe(404)
  await expectNobodySignedIn(browser)
})

const notAnswers = [
  ['no body', ''],
  ['null', 'null'],
  ['an array', '[]'],
  ['a string', '""'],
  ['nothing', '{}'],
  ['an empty answer', { answer: {} }],
  ['a null password', { answer: { password: null } }],
  ['an empty password', { answer: { password: '' } }],
  ['a true password', { answer: { password: true } }],
  ['a list of passwords', { answer: { password: [ada.password] } }],
  ['a verdict instead of an answer', { verified: true, amr: ['pwd'], account: 'x', answer: { verified: true } }],
  ['a right answer with a verdict beside it', { answer: { password: ada.password }, verified: true }],
  ['a right answer with more in it', { answer: { password: ada.password, account: 'x' } }],
] as const

test.each(notAnswers)('%s is not an answer', async (_name, body) => {
  const { browser, page, view } = await named()
  const whole = typeof body === 'string' ? body : { ...answerOf(view, ''), ...body }
  const response = await browser.post(`${page}/answer`, whole)
  expect(response.status).toBeGreaterThanOrEqual(400)
  expect(response.status).toBeLessThan(500)
  await expectNobodySignedIn(browser)
})

test('an answer before anybody is named, and one to another challenge, changes nothing', async () => {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  const early = { challenge: 'x', revision: view.revision, answer: { password: ada.password } }
  expect((await browser.post(`${page}/answer`, early)).status).toBe(409)
  const open = await identify(browser, page, view, ada.username)
  const foreign = { ...answerOf(open, ada.password), challenge: 'another' }
  expect((await browser.post(`${page}/answer`, foreign)).status).toBe(409)
  await expectNobodySignedIn(browser)
})

test('somebody else who is named after a restart does not inherit the proof', async () => {
  const { browser, page, view } = await named()
  const back = await viewIn(await browser.post(`${page}/restart`, { revision: view.revision }))
  expect(back).toMatchObject({ at: 'identify', username: '' })
  await expectNobodySignedIn(browser)
})

test('a finished sign-in is finished: once more gives no second code', async () => {
  const { browser, asked, page, view } = await named()
  const answer = answerOf(view, ada.password)
  const done = await viewIn(await browser.post(`${page}/answer`, answer))
  if (done.at !== 'done') throw new Error(done.at)
  const { url } = await browser.follow(done.goTo)
  expect(url.startsWith(asked.redirectUri)).toBe(true)
  expect((await browser.post(`${page}/answer`, answer)).status).toBe(410)
  expect((await browser.follow(done.goTo)).url.startsWith(asked.redirectUri)).toBe(false)
})
