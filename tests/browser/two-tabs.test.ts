import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openWindow, signInAs } from '../chromium.ts'
import { ada, grace } from '../people/people.ts'
import { ask, redeem } from '../sign-in.ts'
import { serverAndBrowser } from '../test-server.ts'

const { house: server, browser } = await serverAndBrowser()

async function tabs(...clients: string[]) {
  const window = await openWindow(browser)
  const opened = []
  for (const client of clients) {
    const page: Page = opened.length === 0 ? window.page : await window.context.newPage()
    const asked = await ask(server, client)
    await page.goto(asked.url)
    opened.push({ page, asked })
  }
  const [first, second] = opened
  if (!first || !second) throw new Error('Two tabs are needed.')
  return { ...window, first, second }
}

async function goInAs(page: Page, person: { username: string; password: string }, client: string) {
  await page.bringToFront()
  await signInAs(page, person)
  // Not until it has loaded: on the way, the engine's own page ends the other person's session.
  await page.waitForURL(client, { waitUntil: 'commit' })
}

test('two tabs with two clients: each keeps its own, and the second goes on with the first one’s sign-in', async () => {
  const { first, second, complaints, context } = await tabs('harbour', 'lighthouse')
  await second.page.fill('[name=username]', 'gra')
  await goInAs(first.page, ada, `${server.clients.harbour}/**`)
  expect((await redeem(first.asked, first.page.url())).claims()).toMatchObject({ aud: 'harbour', amr: ['pwd'] })

  await second.page.bringToFront()
  await second.page.getByRole('heading', { name: 'You signed in in another tab' }).waitFor()
  await second.page.getByRole('link', { name: 'Continue here as Ada Lovelace' }).click()
  await second.page.waitForURL(`${server.clients.lighthouse}/**`)
  expect((await redeem(second.asked, second.page.url())).claims()).toMatchObject({ aud: 'lighthouse', amr: ['pwd'] })
  expect(complaints).toEqual([])
  await context.close()
})

test('… or as somebody else, who then is the one that is signed in', async () => {
  const { first, second, context } = await tabs('harbour', 'lighthouse')
  await goInAs(first.page, ada, `${server.clients.harbour}/**`)
  await second.page.bringToFront()
  await second.page.getByRole('button', { name: 'Use another account' }).click()
  await second.page.waitForSelector('[name=username]')
  await goInAs(second.page, grace, `${server.clients.lighthouse}/**`)
  const { sub } = (await redeem(second.asked, second.page.url())).claims() ?? {}
  const person = await server.app.context.store.people.byName('grace')
  expect(sub).toBe(person?.id)
  await context.close()
})

test('one sign-in in two tabs: what is done in one is seen in the other', async () => {
  const { first, context } = await tabs('harbour', 'lighthouse')
  const twin = await context.newPage()
  await twin.goto(first.page.url())
  await first.page.bringToFront()
  await first.page.fill('[name=username]', 'ada')
  await first.page.press('[name=username]', 'Enter')
  await first.page.waitForSelector('[name=password]')

  await twin.bringToFront()
  await twin.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await twin.waitForSelector('[name=password]')
  expect(await twin.textContent('.sub')).toContain('ada')
  await context.close()
})
