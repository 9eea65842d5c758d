import type { Server } from 'node:http'
import { createServer } from 'vite'
import { documentOf, type Pages, type Renderer } from '../pages.ts'

const head = '<script type="module" src="/web/entries/sign-in.tsx"></script>'

/** The pages from source, with hot reloading, in this process and on this port. */
export async function devPages(server: Server): Promise<Pages> {
  const vite = await createServer({ server: { middlewareMode: true, hmr: { server } }, appType: 'custom' })
  return {
    development: true,
    inlineStyle: null,
    head: null,
    file: () => null,
    middleware: vite.middlewares,
    async html(view, options) {
      const renderer = (await vite.ssrLoadModule('/web/render.tsx')) as Renderer
      return vite.transformIndexHtml('/', documentOf(renderer, view, options, head))
    },
  }
}
