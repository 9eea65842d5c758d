import { type I18n, type Messages, setupI18n } from '@lingui/core'
import { I18nProvider, Trans, useLingui } from '@lingui/react'
import { createContext, type ReactElement, type ReactNode, useContext, useMemo } from 'react'
import type { FactorMessage } from './factor-messages.ts'
import type bench from './locales/en/bench.json'
import type enrol from './locales/en/enrol.json'
import type problem from './locales/en/problem.json'
import type source from './locales/en/sign-in.json'
import en from './locales/en/sign-in.json?messages'

/** The names of all texts; a misspelt one does not compile. */
export type Message =
  | keyof typeof source
  | keyof typeof bench
  | keyof typeof enrol
  | keyof typeof problem
  | FactorMessage
export type TextValues = Readonly<Record<string, string | number>>

const factors = import.meta.glob<Messages>('./locales/en/factors/*.json', {
  query: '?messages=sign-in',
  import: 'default',
  eager: true,
})
const catalogues: { readonly en: Messages } = { en: Object.assign({}, en, ...Object.values(factors)) }
type Locale = keyof typeof catalogues
const rightToLeft = new Set(['ar', 'fa', 'he', 'ur'])

const isLocale = (language: string): language is Locale => Object.hasOwn(catalogues, language)

/** The first language of an Accept-Language header that there is a catalogue for; English otherwise. */
export const localeFor = (acceptLanguage: string | undefined): Locale =>
  (acceptLanguage ?? '')
    .slice(0, 200)
    .split(',')
    .map((range) => range.trim().split(/[-;]/)[0]?.toLowerCase() ?? '')
    .find(isLocale) ?? 'en'

export const directionOf = (locale: string) => (rightToLeft.has(locale) ? 'rtl' : 'ltr')

/** Made once for each language: it costs as much as drawing a page. */
const made = new Map<Locale, I18n>()

export function translator(locale: string, more?: Messages): I18n {
  const language = isLocale(locale) ? locale : 'en'
  const known = more ? undefined : made.get(language)
  if (known) return known
  const i18n = setupI18n({ locale: language, messages: { [language]: { ...catalogues[language], ...more } } })
  if (!more) made.set(language, i18n)
  return i18n
}

/** What the service calls itself to people: `{service}` in every text. */
export const ServiceName = createContext('')
export const useServiceName = (): string => useContext(ServiceName)

export function Translated({ locale, more, children }: { locale: string; more?: Messages; children: ReactNode }) {
  const i18n = useMemo(() => translator(locale, more), [locale, more])
  return <I18nProvider i18n={i18n}>{children}</I18nProvider>
}

/** A text by its name. */
export function useText(): (id: Message, values?: TextValues) => string {
  const { i18n } = useLingui()
  const service = useServiceName()
  return (id, values) => i18n._(id, { ...values, service })
}

/** A text with elements in it: `<0>…</0>` in the catalogue is the first of `parts`. */
export function Text({ id, values, parts }: { id: Message; values?: TextValues; parts?: readonly ReactElement[] }) {
  const service = useServiceName()
  return <Trans id={id} values={{ ...values, service }} components={{ ...(parts ?? []) }} />
}
