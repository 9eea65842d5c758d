import type { Messages } from '@lingui/core'
import { I18nProvider, Trans } from '@lingui/react'
import { createContext, type ReactElement, type ReactNode, useContext, useMemo } from 'react'
import type { FactorMessage } from './factor-messages.ts'
import { translator } from './locale.ts'
import type bench from './locales/en/bench.json'
import type enrol from './locales/en/enrol.json'
import type problem from './locales/en/problem.json'
import type source from './locales/en/sign-in.json'

/** The names of all texts; a misspelt one does not compile. */
export type Message =
  | keyof typeof source
  | keyof typeof bench
  | keyof typeof enrol
  | keyof typeof problem
  | FactorMessage
export type TextValues = Readonly<Record<string, string | number>>
export type Say = (id: Message, values?: TextValues) => string

/** The service's name as people read it: `{service}` in every text. */
export const ServiceName = createContext('')
export const useServiceName = (): string => useContext(ServiceName)

const SayContext = createContext<Say>(() => {
  throw new Error('A text was asked for outside of every language.')
})

export function Translated({ locale, more, children }: { locale: string; more?: Messages; children: ReactNode }) {
  const service = useServiceName()
  const i18n = useMemo(() => translator(locale, more), [locale, more])
  const say = useMemo<Say>(() => (id, values) => i18n._(id, { ...values, service }), [i18n, service])
  return (
    <I18nProvider i18n={i18n}>
      <SayContext value={say}>{children}</SayContext>
    </I18nProvider>
  )
}

/** The function that gives a text by name. All components of a language share it, so that effects may depend on it. */
export const useText = (): Say => useContext(SayContext)

/** A text with elements in it: `<0>…</0>` in the catalogue is the first of `parts`. */
export function Text({ id, values, parts }: { id: Message; values?: TextValues; parts?: readonly ReactElement[] }) {
  const service = useServiceName()
  return <Trans id={id} values={{ ...values, service }} components={{ ...(parts ?? []) }} />
}
