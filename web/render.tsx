import { StrictMode } from 'react'
import { renderToString } from 'react-dom/server'
import { StaticRouter } from 'react-router'
import type { View } from '#shared/view.ts'
import { byScript, Pages } from './sign-in/pages.tsx'
import { directionOf, ServiceName, Translated, translator } from './text/text.tsx'
import { titleOf } from './text/titles.ts'

export { localeFor } from './text/text.tsx'

/** A page's HTML, from the components that will take it over. What comes in a script of its own is drawn by it alone. */
export function render(view: View, locale: string, serviceName: string) {
  const i18n = translator(locale)
  const needed = byScript(view)
  const page = (
    <StrictMode>
      <ServiceName value={serviceName}>
        <Translated locale={locale}>
          <StaticRouter location="/">
            <Pages view={view} />
          </StaticRouter>
        </Translated>
      </ServiceName>
    </StrictMode>
  )
  return {
    title: titleOf(view, (id, values) => i18n._(id, { ...values, service: serviceName })),
    body: needed ? `<noscript>${i18n._(needed)}</noscript>` : renderToString(page),
    dir: directionOf(locale),
  } as const
}
