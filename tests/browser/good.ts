import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { expectAccessible, type Window } from '../chromium.ts'

/** No text reaches beyond the window or its card: the page of a sign-in scrolls nowhere sideways, and cuts it. */
export async function expectNothingCut(page: Page): Promise<void> {
  const cut = await page.evaluate(() => {
    const main = document.querySelector('main')
    const texts = document.createTreeWalker(main ?? document.body, NodeFilter.SHOW_TEXT)
    const right = Math.min(main?.getBoundingClientRect().right ?? innerWidth, innerWidth)
    const found: string[] = []
    for (let text = texts.nextNode() as Text | null; text; text = texts.nextNode() as Text | null) {
      if (text.parentElement?.closest('.unseen, pre, table')) continue
      const range = document.createRange()
      range.selectNodeContents(text)
      if ([...range.getClientRects()].some((box) => box.width > 1 && box.right > right + 1)) found.push(text.data)
    }
    return found
  })
  expect(cut).toEqual([])
}

/** The page with this heading: axe in light and dark, nothing wider than 320 px, no complaint of the browser. */
export async function expectGood({ page, complaints }: Window, heading: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: heading }).waitFor()
  await expectAccessible(page)
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 })
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect([width, overflow]).toEqual([width, 0])
    await expectNothingCut(page)
  }
  const small = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main a, main button, main .input')]
      .map((element) => ({ text: element.textContent, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 1 && (box.width < 24 || box.height < 24))
      .map(({ text }) => text),
  )
  expect(small).toEqual([])
  expect(complaints).toEqual([])
}
