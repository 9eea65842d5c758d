import type { Server } from 'node:http'
import { createServer } from 'vite'
import { documentOf, type PageEntry, type Pages, type Renderer } from '../pages/pages.ts'

const script = (entry: PageEntry) => `<script type="module" src="/web/entries/${entry}.tsx"></script>`
const heads = { 'sign-in': script('sign-in'), bench: script('bench'), none: '' }

/** The pages from source, with hot reloading, in this process and on this port. */
export async function devPages(server: Server): Promise<Pages> {
  const vite = await createServer({ server: { middlewareMode: true, hmr: { server } }, appType: 'custom' })
  const load = async () => (await vite.ssrLoadModule('/web/render.tsx')) as Renderer
  const { problemTitle } = await load()
  return {
    problemTitle,
    development: true,
    inlineStyle: null,
    head: null,
    file: () => null,
    middleware: vite.middlewares,
    async html(view, options) {
      return vite.transformIndexHtml('/', documentOf(await load(), view, options, heads))
    },
  }
}
