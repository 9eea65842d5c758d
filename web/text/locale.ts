import { type I18n, type Messages, setupI18n } from '@lingui/core'
import en from './locales/en/sign-in.json?messages'

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

/** The translators, made once for each language: making one costs as much as drawing a page. */
const made = new Map<Locale, I18n>()

export function translator(locale: string, more?: Messages): I18n {
  const language = isLocale(locale) ? locale : 'en'
  const known = more ? undefined : made.get(language)
  if (known) return known
  const i18n = setupI18n({ locale: language, messages: { [language]: { ...catalogues[language], ...more } } })
  if (!more) made.set(language, i18n)
  return i18n
}
