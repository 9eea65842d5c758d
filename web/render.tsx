import type { ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import type { RefusalCode } from '#shared/refusal.ts'
import type { Page } from '#shared/wire/view.ts'
import { ProblemPage } from './problem/problem.tsx'
import { sentenceOf } from './problem/title.ts'
import { SignInPages } from './sign-in/pages.tsx'
import { isStill, StillPage } from './sign-in/still-page.tsx'
import { directionOf, translator } from './text/locale.ts'
import type { Message } from './text/text.tsx'
import { titleOf } from './text/titles.ts'
import { Root } from './ui/frame/root.tsx'

export { localeFor } from './text/locale.ts'

/** The title of problem details, in English alone: it is for developers and their logs. */
export const problemTitle = (code: RefusalCode): string => sentenceOf(translator('en'), code)

/**
 * Renders a page on the server: its HTML, from the components that hydrate it, and the entry of their script. A part
 * with a script of its own is drawn by that script alone.
 */
export function render(view: Page, locale: string, serviceName: string) {
  const i18n = translator(locale)
  const dir = directionOf(locale)
  const without = (why: Message) => `<noscript>${i18n._(why)}</noscript>`
  const drawn = (page: ReactNode) =>
    renderToString(
      <Root locale={locale} serviceName={serviceName}>
        {page}
      </Root>,
    )
  if (view.at === 'problem') {
    const title = i18n._('title.page', { title: sentenceOf(i18n, view.code), service: serviceName })
    return { entry: null, title, body: drawn(<ProblemPage view={view} />), dir }
  }
  const title = titleOf(view, (id, values) => i18n._(id, { ...values, service: serviceName }))
  if (view.at === 'bench') return { entry: 'bench', title, body: without('bench.no-script'), dir } as const
  if (isStill(view)) return { entry: null, title, body: drawn(<StillPage view={view} />), dir }
  const body = view.at === 'enrol' ? without('enrol.no-script') : drawn(<SignInPages view={view} />)
  return { entry: 'sign-in', title, body, dir } as const
}
