import { expect, test } from 'vitest'
import { describedAs, focused, openWindow, typeAndEnter } from '../chromium.ts'
import { ada } from '../people/people.ts'
import { ask, redeem } from '../sign-in.ts'
import { serverAndBrowser } from '../test-server.ts'

const { house: server, browser } = await serverAndBrowser()

async function arrive(options = {}) {
  const window = await openWindow(browser, options)
  const asked = await ask(server)
  await window.page.goto(asked.url)
  await window.page.waitForFunction(() =>
    Object.keys(document.getElementById('root') ?? {}).some((key) => key.startsWith('__react')),
  )
  return { ...window, asked }
}

test('a sign-in by keyboard alone, with a mistake in it', async () => {
  const { page, asked, complaints, context } = await arrive()
  expect(await page.title()).toBe('Sign in · localhost')
  expect(await focused(page)).toBe('username')

  await typeAndEnter(page, 'ada')
  await page.waitForSelector('[name=password]')
  expect(await page.title()).toBe('Step 2 of 2: Password · localhost')
  expect(await focused(page)).toBe('password')

  await typeAndEnter(page, 'not the password')
  await page.getByText('That username and password don’t match.').waitFor()
  expect(await page.title()).toBe('Error: Step 2 of 2: Password · localhost')
  expect(await focused(page)).toBe('password')
  expect(await page.inputValue('[name=password]')).toBe('')
  expect(await page.getAttribute('[name=password]', 'aria-invalid')).toBe('true')
  expect(await describedAs(page, '[name=password]')).toBe(
    'That username and password don’t match. Check both, then try again.',
  )

  await typeAndEnter(page, ada.password)
  await page.waitForURL(`${server.clients.harbour}/**`)
  expect((await redeem(asked, page.url())).claims()?.amr).toEqual(['pwd'])
  expect(complaints).toEqual([])
  await context.close()
})

test('every control is reached by Tab, in the order in which it is read, and shows that it has the focus', async () => {
  const { page, context } = await arrive()
  await typeAndEnter(page, 'ada')
  await page.waitForSelector('[name=password]')
  await page.focus('h1')
  const order: string[] = []
  for (let press = 0; press < 5; press++) {
    await page.keyboard.press('Tab')
    order.push(await focused(page))
    const width = await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineWidth)
    expect(width).toBe('3px')
  }
  expect(order).toEqual(['Not you?', 'Show', 'password', 'Continue', 'Cancel'])
  await context.close()
})

test('the password is shown while somebody wants to see it, and hidden again when it is sent', async () => {
  const { page, context } = await arrive()
  await typeAndEnter(page, 'ada')
  await page.waitForSelector('[name=password]')
  await page.keyboard.type('abc')
  await page.getByRole('button', { name: 'Show password' }).click()
  expect(await page.getAttribute('[name=password]', 'type')).toBe('text')
  expect(await page.inputValue('[name=password]')).toBe('abc')
  await page.focus('[name=password]')
  await page.keyboard.press('Enter')
  await page.getByText('don’t match').waitFor()
  expect(await page.getAttribute('[name=password]', 'type')).toBe('password')
  await context.close()
})

test('“Not you?” begins again with another name', async () => {
  const { page, context } = await arrive()
  await typeAndEnter(page, 'grace')
  await page.getByRole('button', { name: 'Not you?' }).click()
  await page.waitForSelector('[name=username]')
  expect(await page.inputValue('[name=username]')).toBe('')
  await typeAndEnter(page, 'ada')
  await page.waitForSelector('[name=password]')
  await typeAndEnter(page, ada.password)
  await page.waitForURL(`${server.clients.harbour}/**`)
  await context.close()
})

test('a reload in the middle shows the same step; Back leaves the sign-in and Forward comes back to it', async () => {
  const { page, complaints, context } = await arrive()
  await typeAndEnter(page, 'ada')
  await page.waitForSelector('[name=password]')
  await page.reload()
  await page.waitForSelector('[name=password]')
  expect(await page.textContent('.sub')).toContain('ada')
  await page.goto(`${server.issuer}/`)
  await page.goBack()
  await page.waitForSelector('[name=password]')
  await typeAndEnter(page, ada.password)
  await page.waitForURL(`${server.clients.harbour}/**`)
  expect(complaints).toEqual([])
  await context.close()
})
