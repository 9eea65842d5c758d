import { expect, test } from 'vitest'
import { expectAccessible, openWindow } from '../chromium.ts'
import { demo } from '../people/people.ts'
import { serverAndBrowser } from '../test-server.ts'

const { house: server, browser } = await serverAndBrowser()

test('the matrix shows what would be asked of everybody; a cell opens its trace; a draft shows what it changes', async () => {
  const { page, complaints, context } = await openWindow(browser)
  await page.goto(`${server.issuer}/bench`)
  await page.getByRole('link', { name: 'Policy matrix' }).click()
  const cell = (asked: string) => page.getByRole('button', { name: `Ada Lovelace, ${asked}: ` })
  await cell('No acr_values').waitFor()
  expect(await cell('No acr_values').getAttribute('aria-label')).toContain('Password; amr pwd')
  await expectAccessible(page)

  await cell('urn:sallyport:acr:aal1').click()
  await page.getByRole('heading', { name: 'Why: ada, urn:sallyport:acr:aal1' }).waitFor()
  await page.getByText('In the end: Password; amr pwd.').waitFor()
  expect(await page.locator('.why').textContent()).toContain('everyone')
  await expectAccessible(page)

  const cases = await page.request.get(
    await page.getByRole('link', { name: 'Save as test cases' }).evaluate((a: HTMLAnchorElement) => a.href),
  )
  expect(await cases.text()).toContain('- who: ada\n  client: bench\n')

  await page.getByText('Compare with a draft').click()
  const compare = async (yaml: string) => {
    await page.getByLabel('The draft’s configuration').fill(yaml)
    await page.getByRole('button', { name: 'Show what changes' }).click()
  }
  const inForce = demo(server.clients)
  await compare(inForce)
  await page.getByText('Nothing changes.').waitFor()
  await compare(inForce.replace('primary: [password] }', 'primary: [password, totp] }'))
  await page.getByText('12 cells change.').waitFor()
  await compare('polices: {}')
  await page.getByText('There is no setting "polices" here.').waitFor()
  await page.setViewportSize({ width: 320, height: 700 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  await expectAccessible(page)
  expect(complaints.filter((one) => !one.includes('400'))).toEqual([])
  await context.close()
})

test('a page of the bench that cannot be drawn says so, and the way to the others stays', async () => {
  const { page, context } = await openWindow(browser)
  await page.route(/\/bench\/api\/people$/, (route) => route.fulfill({ json: { code: 'not what it was' } }))
  await page.goto(`${server.issuer}/bench/matrix`)
  await page.getByRole('heading', { name: 'This page couldn’t be shown' }).waitFor()
  await page.unroute(/\/bench\/api\/people$/)
  await page.getByRole('link', { name: 'Sallyport Test bench' }).click()
  await page.getByRole('heading', { name: 'Demo people' }).waitFor()
  await context.close()
})
