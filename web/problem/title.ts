import type { I18n } from '@lingui/core'
import type { RefusalCode } from '#shared/refusal.ts'
import type { Message } from '../text/text.tsx'

/** What happened, in a refusal's text: the bold part, or the first sentence. What to do about it follows. */
const happened = /^(?:<0>(.*?)<\/0>|(.*?[.?!])(?: |$))/

/** The sentence of a refusal code, the same for every occurrence. */
export function sentenceOf(i18n: I18n, code: RefusalCode): string {
  const id: Message = `refusal.${code}`
  const [, bold, first] = happened.exec(i18n._(id, { ending: 'unknown', time: '' })) ?? []
  const sentence = bold ?? first
  if (!sentence) throw new Error(`The text ${id} has no sentence.`)
  return sentence
}
