import { expect, test } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { ada } from '../people/people.ts'
import { arrive, ask, errorIn, signIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: a cookie that was changed, cut, or taken from another sign-in (Zitadel CVE-2026-27840: a cut token that
// is accepted). One has the engine's signature beside it; the return ticket is sealed, and kept by the browser alone.

const server = await serverForAll()

async function arrived() {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  return { browser, page, view }
}

async function cookie(browser: Browser, page: string, name: string) {
  const found = (await browser.jar.getCookies(page)).find(({ key }) => key === name)
  if (!found) throw new Error(`There is no cookie ${name}.`)
  const change = (value: string) => browser.jar.setCookie(`${name}=${value}; Path=${found.path}`, page)
  return { value: found.value, change }
}

const flipped = (text: string) => `${text.slice(0, 10)}${text[10] === 'A' ? 'B' : 'A'}${text.slice(11)}`
const forgeries: Readonly<Record<string, (text: string) => string>> = {
  'with a letter changed': flipped,
  'without its last letter': (text) => text.slice(0, -1),
  'with one more letter': (text) => `${text}A`,
  // Base64 decoders drop what makes no whole byte, and signs that they do not know.
  'spelt in another way': (text) => `${text.slice(0, 8)}.${text.slice(8)}`,
  'in upper case': (text) => text.toUpperCase(),
  'that is empty': () => '',
}

test.for(Object.keys(forgeries))('a signature %s opens no sign-in', async (how) => {
  const { browser, page } = await arrived()
  expect((await browser.get(page)).status).toBe(200)
  const signature = await cookie(browser, page, 'sallyport_sign_in.sig')
  await signature.change(forgeries[how]?.(signature.value) ?? '')
  expect((await browser.get(page)).status).toBe(410)
})

async function over(browser: Browser, page: string) {
  await browser.jar.setCookie(`sallyport_sign_in=gone; Path=${new URL(page).pathname}`, page)
  return viewIn(await browser.get(page))
}

test('a ticket leads back to the client when all else is gone', async () => {
  const { browser, page } = await arrived()
  expect(await over(browser, page)).toMatchObject({ why: 'expired', client: 'Harbour Payroll' })
  const back = new Browser()
  const asked = await ask(server)
  const { page: finished } = await arrive(back, asked)
  await signIn(back, { ...asked, url: finished }, ada)
  expect(await viewIn(await back.get(finished))).toMatchObject({ why: 'finished', client: 'Harbour Payroll' })
})

test.for(Object.keys(forgeries))('a ticket %s leads nowhere', async (how) => {
  const { browser, page } = await arrived()
  const ticket = await cookie(browser, page, 'sallyport_ticket')
  await ticket.change(forgeries[how]?.(ticket.value) ?? '')
  expect(await over(browser, page)).toMatchObject({ why: 'expired', client: null, goTo: null })
})

test('a ticket that cannot be read is replaced by a good one while its sign-in is open', async () => {
  const { browser, page } = await arrived()
  for (const forge of Object.values(forgeries)) {
    const ticket = await cookie(browser, page, 'sallyport_ticket')
    await ticket.change(forge(ticket.value))
    expect((await browser.get(page)).status).toBe(200)
  }
  expect(await over(browser, page)).toMatchObject({ why: 'expired', client: 'Harbour Payroll' })
})

test('nor does another sign-in’s, nor one that is a day old', async () => {
  const [mine, theirs] = [await arrived(), await arrived()]
  const ticket = await cookie(mine.browser, mine.page, 'sallyport_ticket')
  await ticket.change((await cookie(theirs.browser, theirs.page, 'sallyport_ticket')).value)
  expect(await over(mine.browser, mine.page)).toMatchObject({ client: null, goTo: null })

  server.clock.aheadMs += 24 * 3_600_000 + 1
  expect(await over(theirs.browser, theirs.page)).toMatchObject({ client: null, goTo: null })
})

test('nothing in it can be read, and a state that no cookie can hold does no harm', async () => {
  const browser = new Browser()
  const asked = await ask(server, 'lighthouse', { state: 'a state of its own' })
  const { page } = await arrive(browser, asked)
  const ticket = await cookie(browser, page, 'sallyport_ticket')
  expect(Buffer.from(ticket.value, 'base64url').includes('a state of its own')).toBe(false)
  const view = await over(browser, page)
  if (view.at !== 'over') throw new Error(view.at)
  expect(errorIn(view.goTo ?? '')).toBe('login_required')
  expect(new URL(view.goTo ?? '').searchParams.get('state')).toBe('a state of its own')

  const wordy = new Browser()
  const long = await arrive(wordy, await ask(server, 'lighthouse', { state: 's'.repeat(5000) }))
  expect(long.view.at).toBe('identify')
  expect(await over(wordy, long.page)).toMatchObject({ at: 'over', goTo: null })
})
