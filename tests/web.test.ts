import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

// What holds for every component and every style sheet of the pages.

const web = new URL('../web', import.meta.url).pathname
const files = (ending: RegExp) =>
  readdirSync(web, { recursive: true, encoding: 'utf8' })
    .filter((path) => ending.test(path))
    .map((path) => ({ path, text: readFileSync(join(web, path), 'utf8') }))

test('no component gives itself an id: the same one may stand in a page twice', () => {
  const fixed = files(/\.tsx$/).flatMap(({ path, text }) =>
    [...text.matchAll(/<[a-z][\w-]*\s[^<>]*?\bid="([^"]*)"/g)].map(([, id]) => `${path}: ${id}`),
  )
  // The style sheet names it, and the card around every page has it once.
  expect(fixed).toEqual(['ui/door/arcade.tsx: lamplight'])
})
