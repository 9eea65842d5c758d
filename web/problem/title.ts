import type { I18n } from '@lingui/core'
import type { RefusalCode } from '#shared/refusal.ts'
import type { Message } from '../text/text.tsx'

/** What happened is the bold part of a refusal's text, or its first sentence; what follows is what to do about it. */
const happened = /^(?:<0>(.*?)<\/0>|(.*?[.?!])(?: |$))/

/** A refusal's sentence, without what differs from one occurrence to another. */
export function sentenceOf(i18n: I18n, code: RefusalCode): string {
  const id: Message = `refusal.${code}`
  const [, bold, first] = happened.exec(i18n._(id, { ending: 'unknown', time: '' })) ?? []
  const sentence = bold ?? first
  if (!sentence) throw new Error(`The text ${id} has no sentence.`)
  return sentence
}
