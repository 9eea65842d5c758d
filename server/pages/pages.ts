import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { RefusalCode } from '#shared/refusal.ts'
import type { Page } from '#shared/wire/view.ts'
import { type Asset, assetsIn } from './assets.ts'
import { firstPagesOnce } from './first-page.ts'
import { gzipped, type Piece, pieceOf } from './gzip.ts'
import type { PageEntry, Renderer } from './renderer.ts'

export interface PageOptions {
  readonly acceptLanguage: string | undefined
  /** The service's name on pages. */
  readonly serviceName: string
}

/** The pages, rendered on the server by the browser's own components. */
export interface Pages {
  html(view: Page, options: PageOptions): Promise<string>
  /** The title of a refusal in problem details (RFC 9457 §3.1.3): the first sentence of its page, in English. */
  problemTitle(code: RefusalCode): string
  /** A built file by its path; null for an unknown path. */
  file(path: string): Asset | null
  readonly development: boolean
  /** The hash of the style sheet in every page of a sign-in, for the Content-Security-Policy; null without one. */
  readonly inlineStyle: string | null
  /** The beginning of the head, common to all pages but the bench's, most of their length; null in development. */
  readonly head: Piece | null
  /** Serves the sources in development. */
  readonly middleware?: (req: IncomingMessage, res: ServerResponse, otherwise: () => void) => void
}

/** Responds with a page in the reader's language. */
export async function showPage(
  { pages, serviceName }: { readonly pages: Pages; readonly serviceName: string },
  c: Context,
  view: Page,
  status: ContentfulStatusCode = 200,
) {
  const html = await pages.html(view, { serviceName, acceptLanguage: c.req.header('accept-language') })
  if (!pages.head || !/\bgzip\b/.test(c.req.header('accept-encoding') ?? '')) return c.html(html, status)
  const headers = { 'Content-Type': 'text/html; charset=UTF-8', 'Content-Encoding': 'gzip' }
  return c.body(gzipped(html, pages.head), status, headers)
}

interface Shell {
  /** The beginning of the head. */
  readonly head: string
  /** The end of the body: scripts and fonts, which the first frame does not wait for there. */
  readonly foot: string
}
/** The constant parts of each kind of page; `none` is for pages without a script. */
export type Shells = Readonly<Record<PageEntry | 'none', Shell>>

/** The constant beginning of every head. */
export const commonHead = `<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="/icon.svg" type="image/svg+xml">`

interface Chunk {
  readonly file: string
  readonly css?: readonly string[]
  /** The imported chunks, by their names in the manifest. */
  readonly imports?: readonly string[]
}
type Manifest = Readonly<Record<string, Chunk>>

/** The chunks of an entry, each once and after the chunks that it imports. */
function chunksOf(manifest: Manifest, name: string): readonly Chunk[] {
  const chunk = manifest[name]
  if (!chunk) throw new Error(`The build has no ${name}.`)
  return [...new Set([...(chunk.imports ?? []).flatMap((imported) => chunksOf(manifest, imported)), chunk])]
}

const scriptsOf = (chunks: readonly Chunk[]) =>
  [
    ...chunks.slice(0, -1).map(({ file }) => `<link rel="modulepreload" href="/${file}">`),
    ...chunks.slice(-1).map(({ file }) => `<script type="module" src="/${file}"></script>`),
  ].join('\n')
const sheetLink = (file: string) => `<link rel="stylesheet" href="/${file}">`
const stylesOf = (chunks: readonly Chunk[]) => chunks.flatMap(({ css = [] }) => css)

/** The pages as built by `npm run build`. */
export async function builtPages(folder: string): Promise<Pages> {
  const built: Renderer = await import(pathToFileURL(join(folder, 'ssr/render.js')).href)
  const renderer = { ...built, render: firstPagesOnce(built.render) }
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'client/.vite/manifest.json'), 'utf8'))
  const signIn = chunksOf(manifest, 'web/entries/sign-in.tsx')
  const bench = chunksOf(manifest, 'web/entries/bench.tsx')
  // The style sheet is inline: nothing is drawn without it, and a request takes a slow network a third of a second.
  const style = stylesOf(signIn)
    .map((file) => readFileSync(join(folder, 'client', file), 'utf8'))
    .join('\n')
  if (style.includes('</style')) throw new Error('The style sheet would end its element.')
  const head = `${commonHead}\n<style>${style}</style>`
  const fonts = chunksOf(manifest, 'web/ui/style/fonts.css')
  const shells: Shells = {
    none: { head, foot: fonts.map(({ file }) => sheetLink(file)).join('\n') },
    'sign-in': { head, foot: scriptsOf(signIn) },
    bench: { head: [commonHead, ...stylesOf(bench).map(sheetLink)].join('\n'), foot: scriptsOf(bench) },
  }
  const files = assetsIn(join(folder, 'client'))
  return {
    development: false,
    head: pieceOf(head),
    inlineStyle: `'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    file: (path) => files.get(path) ?? null,
    problemTitle: renderer.problemTitle,
    html: async (view, options) => documentOf(renderer, view, options, shells),
  }
}

/** The whole document: the page's HTML and, where a script hydrates the page, its view as JSON. */
export function documentOf(
  renderer: Renderer,
  view: Page,
  { acceptLanguage, serviceName }: PageOptions,
  shells: Shells,
): string {
  const locale = renderer.localeFor(acceptLanguage)
  const { entry, title, body, dir } = renderer.render(view, locale, serviceName)
  const { head, foot } = shells[entry ?? 'none']
  const data = entry ? `\n<script type="application/json" id="view">${forScript(view)}</script>` : ''
  return `<!doctype html>
<html lang="${locale}" dir="${dir}">
<head>
${head}
<meta name="application-name" content="${forHtml(serviceName)}">
<title>${forHtml(title)}</title>
</head>
<body>
<div id="root">${body}</div>${data}
${foot}
</body>
</html>
`
}

const forHtml = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
/** JSON for a script element, escaped so that it can neither end the element nor begin a comment. */
const forScript = (value: unknown) =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
