import { expect, test } from 'vitest'
import { digitsIn, patternIn } from '#server/factors/grid/pattern.ts'
import { openWindow, signInAs } from '../chromium.ts'
import { demo, grace } from '../people/people.ts'
import { ask } from '../sign-in.ts'
import { serverAndBrowser } from '../test-server.ts'
import { expectGood } from './good.ts'

// By keyboard, and as a screen reader has it: a table with headers, by which every digit is found.

const { house: server, browser } = await serverAndBrowser((clients) =>
  demo(clients).replace('[password, totp]', '[password, grid]'),
)
const pattern = patternIn('B1 D2 A5 E3') ?? []

test('a pattern is chosen at the bench and signs in', async () => {
  const window = await openWindow(browser)
  const { page } = window
  const rows = async () =>
    Promise.all(
      Array.from({ length: 5 }, async (_, row) =>
        (
          await page
            .getByRole('row')
            .nth(row + 1)
            .getByRole('cell')
            .allInnerTexts()
        ).join(''),
      ),
    )
  await page.goto(`${server.issuer}/bench`)
  const carries = page.getByText('What Grace Hopper carries')
  await carries.press('Enter')
  await page
    .getByRole('group')
    .filter({ has: carries })
    .getByRole('button', { name: 'Choose a grid pattern' })
    .press('Enter')
  for (const name of ['B1', 'C1', 'D2', 'A5', 'E3'])
    await page.getByRole('button', { name, exact: true }).press('Enter')
  // Pressed again, a cell is none of them any more.
  await page.getByRole('button', { name: 'C1, number 2 of your pattern' }).press(' ')
  await page.getByRole('button', { name: 'E3, number 4 of your pattern' }).waitFor()
  await expectGood(window, 'Test bench')
  await page.getByRole('button', { name: 'Continue' }).press('Enter')
  await page.getByLabel('Your pattern’s digits').waitFor()
  await page.getByLabel('Your pattern’s digits').fill(digitsIn(await rows(), pattern))
  await page.keyboard.press('Enter')
  await page.getByText('Added Grid for Grace Hopper.').waitFor()

  await page.goto((await ask(server, 'treasury')).url)
  await signInAs(page, grace)
  await expectGood(window, 'Enter your pattern’s digits')
  expect(await page.getByRole('table', { name: 'Digits by column and row' }).ariaSnapshot()).toMatch(
    /columnheader "A"[\s\S]*columnheader "E"[\s\S]*rowheader "1"[\s\S]*cell "\d"[\s\S]*rowheader "5"/,
  )
  const first = await rows()
  await page.getByRole('button', { name: 'New grid' }).press('Enter')
  await page.waitForFunction(
    (before) => [...document.querySelectorAll('tbody td')].map((cell) => cell.textContent).join('') !== before,
    first.join(''),
  )
  await page.getByRole('status').getByText('This is a new grid.').waitFor()
  await page.locator('[name=digits]').fill('0')
  await page.keyboard.press('Enter')
  await page.getByText('Those digits didn’t match.').waitFor()
  await page.locator('[name=digits]').fill(digitsIn(await rows(), pattern))
  await page.keyboard.press('Enter')
  await page.waitForURL(`${server.clients.treasury}/**`)
  expect(window.complaints).toEqual([])
  await window.context.close()
})
