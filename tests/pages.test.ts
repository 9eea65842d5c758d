import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { builtFolder } from '#server/cli/options.ts'
import { setSecurityHeaders } from '#server/http/headers.ts'
import { firstPagesOnce } from '#server/pages/first-page.ts'
import { gzipped } from '#server/pages/gzip.ts'
import { builtPages } from '#server/pages/pages.ts'
import type { Renderer } from '#server/pages/renderer.ts'
import type { Page } from '#shared/wire/view.ts'

// The documents of the pages, as they leave the server.

const pages = await builtPages(builtFolder)
const documentOf = (view: Page) => pages.html(view, { acceptLanguage: 'en', serviceName: 'id.example.test' })

const underway = {
  uid: 'R2d0cHj9BqOqVgN1zj5bVnB4sGxRcz0Yh3fXn2aKpQw',
  client: 'Harbour Payroll',
  doors: [{ label: 'who', of: 1, state: 'open' }],
  revision: 0,
  closesInMs: 900_000,
  refusal: null,
} as const
const identify: Page = { ...underway, at: 'identify', username: '', usernameless: [] }

test.for<Page>([
  { at: 'home', bench: true },
  { at: 'error', code: 'bad-request', client: 'Harbour Payroll', detail: 'invalid_request', reference: null },
  { at: 'sign-out', client: 'Harbour Payroll', action: '/session/end/confirm', xsrf: 'once' },
  { at: 'signed-out', client: null, still: false },
  { at: 'over', why: 'expired', reference: null, client: 'Harbour Payroll', goTo: '/' },
  { ...underway, at: 'done', goTo: '/auth/resume' },
  { at: 'problem', code: 'busy', status: 503 },
])('a page on which nothing changes has no script, and gets the font all the same: $at', async (view) => {
  const html = await documentOf(view)
  expect(html).not.toMatch(/<script|modulepreload/)
  expect(html).toMatch(/<link rel="stylesheet" href="\/assets\/fonts-[\w-]+\.css">\s*<\/body>/)
  expect(html).toContain('<h1')
})

test('whatever a page loads stands behind its forms: the first frame waits for none of it', async () => {
  const [head = '', body = ''] = (await documentOf(identify)).split('<body>')
  expect(head).not.toMatch(/<script|rel="(modulepreload|preload|stylesheet)"/)
  const [forms = '', rest = ''] = body.split(/<\/footer>/)
  expect(forms).not.toMatch(/<script|<link/)
  expect(rest).toMatch(/id="view"[\s\S]*modulepreload[\s\S]*<script type="module"/)
})

test('the Content-Security-Policy has the hash of the style in a page, and of nothing else', async () => {
  const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(await documentOf(identify)) ?? []
  const headers = new Map<string, string>()
  const res = { setHeader: (name: string, value: string) => headers.set(name, value) }
  setSecurityHeaders(res as never, { issuer: new URL('https://id.example.test'), pages })
  const hash = createHash('sha256').update(style).digest('base64')
  expect(headers.get('Content-Security-Policy')).toContain(`style-src 'self' 'sha256-${hash}';`)
  expect(headers.get('Content-Security-Policy')).toContain("script-src 'self';")
})

test('the first document of a sign-in is one flight of packets, headers and all, and has no more bytes than it had', async () => {
  if (!pages.head) throw new Error('The pages are not built.')
  const bytes = gzipped(await documentOf(identify), pages.head).length
  // 10 packets of 1,460 bytes are sent before the first acknowledgement (RFC 6928); our headers are 1.5 KB of them.
  expect(bytes).toBeLessThanOrEqual(5_850)
})

test('the first page of a sign-in is rendered once for a client, and is what it would be if it were rendered anew', async () => {
  const { render }: Renderer = await import(pathToFileURL(join(builtFolder, 'ssr/render.js')).href)
  let rendered = 0
  const once = firstPagesOnce((...page) => {
    rendered++
    return render(...page)
  })
  const first = (uid: string, client = 'Harbour Payroll', more = {}) => ({ ...identify, uid, client, ...more }) as Page
  const views = [
    first('one'),
    first('$-two', 'Harbour Payroll', { closesInMs: 1 }),
    first('three', 'Lighthouse <b>'),
    first('four', 'Harbour Payroll', { username: 'ada', refusal: { code: 'bad-username' } }),
    first('five'),
  ]
  for (const view of views) expect(once(view, 'en', 'A')).toEqual(render(view, 'en', 'A'))
  expect(rendered).toBe(3)
  expect(once(first('six'), 'en', 'B')).toEqual(render(first('six'), 'en', 'B'))
  expect(rendered).toBe(4)
})
