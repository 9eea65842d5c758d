import { type ReactNode, StrictMode } from 'react'
import { renderToString } from 'react-dom/server'
import { StaticRouter } from 'react-router'
import type { RefusalCode } from '#shared/refusal.ts'
import type { Page } from '#shared/wire/view.ts'
import { directionOf, ServiceName, Translated, translator } from './i18n.tsx'
import { ProblemPage } from './problem/problem.tsx'
import { sentenceOf } from './problem/title.ts'
import { byScript, Pages } from './routes.tsx'
import { titleOf } from './titles.ts'

export { localeFor } from './i18n.tsx'

/** In English, whatever the reader's language: it is for developers and their logs. */
export const problemTitle = (code: RefusalCode): string => sentenceOf(translator('en'), code)

/** A page's HTML, from the components that will take it over. What comes in a script of its own is drawn by it alone. */
export function render(view: Page, locale: string, serviceName: string) {
  const i18n = translator(locale)
  const draw = (page: ReactNode) =>
    renderToString(
      <StrictMode>
        <ServiceName value={serviceName}>
          <Translated locale={locale}>{page}</Translated>
        </ServiceName>
      </StrictMode>,
    )
  const dir = directionOf(locale)
  if (view.at === 'problem') {
    const title = i18n._('title.page', { title: sentenceOf(i18n, view.code), service: serviceName })
    return { title, body: draw(<ProblemPage view={view} />), dir } as const
  }
  const needed = byScript(view)
  const page = (
    <StaticRouter location="/">
      <Pages view={view} />
    </StaticRouter>
  )
  return {
    title: titleOf(view, (id, values) => i18n._(id, { ...values, service: serviceName })),
    body: needed ? `<noscript>${i18n._(needed)}</noscript>` : draw(page),
    dir,
  } as const
}
