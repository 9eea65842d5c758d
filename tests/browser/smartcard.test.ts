import { readFileSync } from 'node:fs'
import type { BrowserContextOptions } from 'playwright-core'
import { expect, test } from 'vitest'
import { keyHandleOf } from '#server/factors/smartcard/handle.ts'
import { readCertificate } from '#server/factors/smartcard/x509/certificate.ts'
import { expectAccessible, focused, openAtHome, typeAndEnter } from '../chromium.ts'
import { Authority, folderForAll, type Issued } from '../pki.ts'
import { ask, redeem } from '../sign-in.ts'
import { anchorOf, serverWithCards, withCards } from '../smartcard/card-server.ts'
import { chooseByPolicy, homeWith } from '../smartcard/reader.ts'
import { expectGood } from './good.ts'

// Chromium, with a certificate from its own store, chosen by a policy: no picker is shown.

chooseByPolicy()
const folder = folderForAll()
const keys = await Authority.root(folder, 'keys')
const [adas, graces, spare] = await Promise.all([
  keys.issue(),
  keys.issue(),
  keys.issue({ subject: '/CN=Spare badge' }),
])
const keyOf = ({ certificate }: Issued) => {
  const card = readCertificate(readFileSync(certificate))
  return card ? keyHandleOf(card) : ''
}
const people = withCards({ ada: { Badge: keyOf(adas) }, grace: { Badge: keyOf(graces) } })
const cards = await serverWithCards(folder, await anchorOf(folder, keys, 'keys'), people)
const { server, site } = cards
const heading = 'Use your smartcard'

const open = (card: Issued | null, options: BrowserContextOptions = {}) => openAtHome(homeWith(site, card), options)

test('a card alone, without a name: from the identifier page to the client, and the pages in between', async () => {
  const window = await open(adas)
  const { page, context, complaints } = window
  const asked = await ask(server)
  await page.goto(asked.url)
  await page.getByRole('link', { name: 'Use a smartcard' }).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(`${server.clients.harbour}/**`)
  expect((await redeem(asked, page.url())).claims()?.amr).toEqual(['sc'])
  expect(complaints).toEqual([])

  await context.clearCookies()
  await page.route('**/answer', () => {})
  await page.goto((await ask(server)).url)
  await page.getByRole('link', { name: 'Use a smartcard' }).click()
  await page.getByText('Your browser is back.').waitFor()
  await page.waitForURL((url) => url.search === '')
  await expectGood(window, 'One moment')
  await page.addInitScript(() => {
    globalThis.close = () => {}
  })
  await page.goto(`${server.issuer}/returned?returned=x`)
  expect(await page.title()).toBe('Back where you were · localhost')
  await expectGood(window, 'Back where you were')
  await context.close()
})

test('a door of its own: what to do, a button, and what was wrong with a card that is somebody else’s', async () => {
  const window = await open(graces)
  const { page, context } = window
  await page.goto((await ask(server)).url)
  await page.fill('[name=username]', 'ada')
  await page.press('[name=username]', 'Enter')
  await page.getByText('Put the card in the reader.').waitFor()
  expect(await focused(page)).toBe(heading)
  expect(await page.title()).toBe('Step 2 of 2: Smartcard · localhost')
  await expectGood(window, heading)
  const before = page.url()
  await page.getByRole('link', { name: 'Open card prompt' }).click()
  await page.getByText('That card belongs to somebody else.').waitFor()
  expect(page.url()).toBe(before)
  expect(await page.title()).toBe('Error: Step 2 of 2: Smartcard · localhost')
  await expectGood(window, heading)
  await context.close()
})

test('no card: the page is ours, and says so; a reload changes nothing; another way out is there', async () => {
  const window = await open(null)
  const { page, context } = window
  await page.goto((await ask(server, 'lighthouse')).url)
  await page.fill('[name=username]', 'ada')
  await page.press('[name=username]', 'Enter')
  await page.getByRole('button', { name: 'Use another method' }).click()
  await page.getByRole('button', { name: 'Smartcard' }).click()
  await page.getByRole('link', { name: 'Open card prompt' }).click()
  await page.getByText('Your browser didn’t send a certificate.').waitFor()
  await expectGood(window, heading)
  await page.reload()
  await page.getByRole('link', { name: 'Open card prompt' }).waitFor()
  await page.getByRole('button', { name: 'Use another method' }).click()
  await page.getByRole('button', { name: 'Password' }).click()
  await page.waitForSelector('[name=password]')
  await typeAndEnter(page, 'limestone lantern 41')
  await page.waitForURL(`${server.clients.lighthouse}/**`)
  await context.close()
})

test('without JavaScript: a link there, and a button on the way back', async () => {
  const { page, context, complaints } = await open(adas, { javaScriptEnabled: false })
  const asked = await ask(server)
  await page.goto(asked.url)
  await page.fill('[name=username]', 'ada')
  await page.press('[name=username]', 'Enter')
  await page.getByRole('link', { name: 'Open card prompt' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.waitForURL(`${server.clients.harbour}/**`)
  expect((await redeem(asked, page.url())).claims()?.amr).toEqual(['sc'])
  expect(complaints).toEqual([])
  await context.close()
})

test('a card is added at the bench, in a tab of its own, and signs in; it cannot be somebody else’s too', async () => {
  const { page, context, complaints } = await open(spare)
  const tabs = context.pages().length
  const add = async (name: string) => {
    await page.goto(`${server.issuer}/bench`)
    const carries = page.getByText(`What ${name} carries`)
    await carries.click()
    const group = page.getByRole('group').filter({ has: carries })
    await group.getByRole('button', { name: 'Add a smartcard' }).click()
    await page.getByRole('link', { name: 'Open card prompt' }).click()
    await page.getByText('Issued by').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Add this card' }).click()
  }
  await add('Grace Hopper')
  await page.getByRole('status').getByText('Added Spare badge for Grace Hopper.').waitFor()
  await expect.poll(() => context.pages().length).toBe(tabs)
  await add('Ada Lovelace')
  await page.getByText('That one is registered already.').waitFor()
  const asked = await ask(server)
  await page.goto(asked.url)
  await page.getByRole('link', { name: 'Use a smartcard' }).click()
  await page.waitForURL(`${server.clients.harbour}/**`)
  const { sub = '' } = (await redeem(asked, page.url())).claims() ?? {}
  expect((await server.app.context.store.people.get(sub))?.username).toBe('grace')
  expect(complaints).toEqual([])
  await context.close()
})
