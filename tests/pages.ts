import { builtFolder } from '#server/cli/options.ts'
import { builtPages, type Pages } from '#server/pages/pages.ts'

/** The built pages; one that needs no script, and so has no view in it, is given its view here, for tests read views. */
export async function pagesWithViews(): Promise<Pages> {
  const built = await builtPages(builtFolder)
  return {
    ...built,
    async html(view, options) {
      const html = await built.html(view, options)
      if (html.includes(' id="view">')) return html
      const json = JSON.stringify(view).replaceAll('<', '\\u003c')
      return html.replace('</body>', () => `<script type="application/json" id="view">${json}</script>\n</body>`)
    },
  }
}
