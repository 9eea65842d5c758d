import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { View } from '#shared/view.ts'
import { type Asset, assetsIn } from './assets.ts'
import { gzipped, type Piece, pieceOf } from './gzip.ts'

export interface PageOptions {
  readonly acceptLanguage: string | undefined
  /** What the service calls itself to people. */
  readonly serviceName: string
}

/** The pages, rendered on the server by the browser's own components. */
export interface Pages {
  html(view: View, options: PageOptions): Promise<string>
  /** A built file by its address; null when there is none. */
  file(path: string): Asset | null
  readonly development: boolean
  /** The one style sheet that stands in every page, as the Content-Security-Policy names it. */
  readonly inlineStyle: string | null
  /** What is the same in every page, and most of its length; null while developing. */
  readonly head: Piece | null
  /** Serves the sources, while developing. */
  readonly middleware?: (req: IncomingMessage, res: ServerResponse, otherwise: () => void) => void
}

/** A page, in the reader's language. */
export async function showPage(
  { pages, serviceName }: { readonly pages: Pages; readonly serviceName: string },
  c: Context,
  view: View,
  status: ContentfulStatusCode = 200,
) {
  const html = await pages.html(view, { serviceName, acceptLanguage: c.req.header('accept-language') })
  if (!pages.head || !/\bgzip\b/.test(c.req.header('accept-encoding') ?? '')) return c.html(html, status)
  const headers = { 'Content-Type': 'text/html; charset=UTF-8', 'Content-Encoding': 'gzip' }
  return c.body(gzipped(html, pages.head), status, headers)
}

/** What web/render.tsx exports. */
export interface Renderer {
  render(
    view: View,
    locale: string,
    serviceName: string,
  ): { readonly title: string; readonly body: string; readonly dir: 'ltr' | 'rtl' }
  localeFor(acceptLanguage: string | undefined): string
}

interface Chunk {
  readonly file: string
  readonly css?: readonly string[]
}

/** The pages as `npm run build` left them. */
export async function builtPages(folder: string): Promise<Pages> {
  const renderer: Renderer = await import(pathToFileURL(join(folder, 'ssr/render.js')).href)
  const manifest: Record<string, Chunk> = JSON.parse(readFileSync(join(folder, 'client/.vite/manifest.json'), 'utf8'))
  const entry = manifest['web/entries/sign-in.tsx']
  if (!entry) throw new Error('The build has no entry web/entries/sign-in.tsx.')
  // In the page, not beside it: nothing is drawn without it, and another request takes a slow network a third of a second.
  const style = (entry.css ?? []).map((file) => readFileSync(join(folder, 'client', file), 'utf8')).join('\n')
  if (style.includes('</style')) throw new Error('The style sheet would end its element.')
  const head = [`<style>${style}</style>`, `<script type="module" src="/${entry.file}"></script>`].join('\n')
  const files = assetsIn(join(folder, 'client'))
  return {
    development: false,
    head: pieceOf(head),
    inlineStyle: `'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    file: (path) => files.get(path) ?? null,
    html: async (view, options) => documentOf(renderer, view, options, head),
  }
}

/** The whole document: the page's HTML, and the view it was made from, for the script that takes it over. */
export function documentOf(
  renderer: Renderer,
  view: View,
  { acceptLanguage, serviceName }: PageOptions,
  head: string,
): string {
  const locale = renderer.localeFor(acceptLanguage)
  const { title, body, dir } = renderer.render(view, locale, serviceName)
  return `<!doctype html>
<html lang="${locale}" dir="${dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="application-name" content="${forHtml(serviceName)}">
<title>${forHtml(title)}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
${head}
</head>
<body>
<div id="root">${body}</div>
<script type="application/json" id="view">${forScript(view)}</script>
</body>
</html>
`
}

const forHtml = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
/** JSON that cannot end its script element, nor begin a comment in it. */
const forScript = (value: unknown) =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
