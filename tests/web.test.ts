import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { createElement, useState } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'
import { builtFolder } from '#server/cli/options.ts'
import { useText } from '#web/text/text.tsx'
import { Root } from '#web/ui/frame/root.tsx'

// What holds for every component and every style sheet of the pages.

const web = new URL('../web', import.meta.url).pathname
const files = (ending: RegExp) =>
  readdirSync(web, { recursive: true, encoding: 'utf8' })
    .filter((path) => ending.test(path))
    .map((path) => ({ path, text: readFileSync(join(web, path), 'utf8') }))

test('no component gives itself an id: the same one may stand in a page twice', () => {
  const fixed = files(/\.tsx$/).flatMap(({ path, text }) =>
    [...text.matchAll(/<[a-z][\w-]*\s(?:[^<>]|=>)*?\bid="([^"]*)"/g)].map(([, id]) => `${path}: ${id}`),
  )
  // The style sheet names it, and the card around every page has it once.
  expect(fixed).toEqual(['ui/door/arch.tsx: lamplight'])
})

/** What opens at the top of a style sheet: `@layer base {`, `.field {`. */
function opened(css: string): readonly string[] {
  const found: string[] = []
  let depth = 0
  for (const [, text = '', end] of css.replace(/\/\*.*?\*\//gs, '').matchAll(/([^{};]*)([{};])/g)) {
    if (depth === 0 && end !== '}') found.push(text.trim())
    depth += end === '{' ? 1 : end === '}' ? -1 : 0
  }
  return found
}

test('every rule is in a layer, so that a theme reaches it; and every colour is a token', () => {
  const sheets = files(/\.css$/)
  const outside = sheets.flatMap(({ path, text }) =>
    opened(text)
      .filter((rule) => !/^@(layer|import) /.test(rule))
      .map((rule) => `${path}: ${rule}`),
  )
  expect(outside).toEqual([])
  const raw = sheets
    .filter(({ path }) => path !== 'ui/style/tokens.css')
    .flatMap(({ path, text }) =>
      [...text.matchAll(/#[\da-f]{3,8}\b|\b(rgb|hsl|hwb|lab|lch|oklab|oklch|color)a?\(/g)].map(
        ([sign]) => `${path}: ${sign}`,
      ),
    )
  expect(raw).toEqual([])
})

const says = new Set<unknown>()
function Twice() {
  const [times, draw] = useState(1)
  if (times < 2) draw(times + 1)
  says.add(useText())
  return null
}

test('importing what renders the pages opens nothing: a process that has done so ends', async () => {
  const renderer = pathToFileURL(join(builtFolder, 'ssr/render.js')).href
  const options = { timeout: 20_000 }
  await promisify(execFile)(process.execPath, ['--eval', `await import('${renderer}')`], options)
})

test('the function that says a text is one for all components, however often they are drawn', () => {
  const children = ['first', 'second'].map((key) => createElement(Twice, { key }))
  const page = { locale: 'en', serviceName: 'A', children }
  renderToString(createElement(Root, page))
  expect(says.size).toBe(1)
})
