import { renderToString } from 'react-dom/server'
import type { View } from '#shared/view.ts'
import { Pages } from './sign-in/pages.tsx'
import { directionOf, translator } from './text/locale.ts'
import type { Message } from './text/text.tsx'
import { titleOf } from './text/titles.ts'
import { Root } from './ui/frame/root.tsx'

export { localeFor } from './text/locale.ts'

/**
 * A page for the server: its HTML, from the components that will take it over, and the entry whose script does. What
 * comes in a script of its own is drawn by that alone.
 */
export function render(view: View, locale: string, serviceName: string) {
  const i18n = translator(locale)
  const without = (why: Message) => `<noscript>${i18n._(why)}</noscript>`
  const drawn = (at: Exclude<View, { at: 'bench' }>) =>
    renderToString(
      <Root locale={locale} serviceName={serviceName}>
        <Pages view={at} />
      </Root>,
    )
  return {
    entry: view.at === 'bench' ? 'bench' : 'sign-in',
    title: titleOf(view, (id, values) => i18n._(id, { ...values, service: serviceName })),
    body:
      view.at === 'bench' ? without('bench.no-script') : view.at === 'enrol' ? without('enrol.no-script') : drawn(view),
    dir: directionOf(locale),
  } as const
}
