import type { RefusalCode } from '#shared/refusal.ts'
import type { Page } from '#shared/wire/view.ts'

/** The scripts in web/entries/, one for each kind of page. */
export type PageEntry = 'sign-in' | 'bench'

export interface Rendered {
  /** Null for a page without a script. */
  readonly entry: PageEntry | null
  readonly title: string
  readonly body: string
  readonly dir: 'ltr' | 'rtl'
}

/** The exports of web/render.tsx. */
export interface Renderer {
  render(view: Page, locale: string, serviceName: string): Rendered
  localeFor(acceptLanguage: string | undefined): string
  problemTitle(code: RefusalCode): string
}
