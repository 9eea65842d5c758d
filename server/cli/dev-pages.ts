import type { Server } from 'node:http'
import { createServer } from 'vite'
import { commonHead, documentOf, type Pages, type Shells } from '../pages/pages.ts'
import type { PageEntry, Renderer } from '../pages/renderer.ts'

const script = (entry: PageEntry) => `<script type="module" src="/web/entries/${entry}.tsx"></script>`
const sheets = ['style/base', 'form/form', 'frame/card', 'door/arcade', 'style/fonts']
const shells: Shells = {
  'sign-in': { head: commonHead, foot: script('sign-in') },
  bench: { head: commonHead, foot: script('bench') },
  none: {
    head: [commonHead, ...sheets.map((sheet) => `<link rel="stylesheet" href="/web/ui/${sheet}.css">`)].join('\n'),
    foot: '',
  },
}

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
      return vite.transformIndexHtml('/', documentOf(await load(), view, options, shells))
    },
  }
}
