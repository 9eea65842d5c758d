import type { View } from '#shared/wire/view.ts'

/** What the server's page gives to its script: where to draw, what, in which language and under whose name. */
export function pageGiven() {
  const root = document.getElementById('root')
  const json = document.getElementById('view')?.textContent
  if (!root || !json) throw new Error('The page came without its view.')
  const view: View = JSON.parse(json)
  const serviceName = document.querySelector<HTMLMetaElement>('meta[name="application-name"]')?.content ?? ''
  return { root, view, serviceName, locale: document.documentElement.lang }
}

/** Loaded after the page: it is read in the system's fonts until then, and where they do not come. */
export const loadFonts = () => void import('../ui/style/fonts.css').catch(() => {})
