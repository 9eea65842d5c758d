import type { View } from '#shared/wire/view.ts'

/** The data of the server's page for its script: the root element, the view, the language and the service's name. */
export function pageGiven() {
  const root = document.getElementById('root')
  const json = document.getElementById('view')?.textContent
  if (!root || !json) throw new Error('The page came without its view.')
  const view: View = JSON.parse(json)
  const serviceName = document.querySelector<HTMLMetaElement>('meta[name="application-name"]')?.content ?? ''
  return { root, view, serviceName, locale: document.documentElement.lang }
}

/** Loads the fonts after the page, which the system's fonts show until then, and also where loading fails. */
export const loadFonts = () => void import('../ui/style/fonts.css').catch(() => {})
