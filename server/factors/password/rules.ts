import { dictionary } from '@zxcvbn-ts/language-common'

/** NIST SP 800-63B-4 §3.1.1.2: 15 characters as the only factor, 8 with another factor. At most 1,024 bytes. */
const shortestAlone = 15
const shortest = 8
export const longestBytes = 1024

const common: ReadonlySet<string> = new Set(dictionary['passwords-common'])
const plain = (text: string) => text.normalize('NFC').toLowerCase().replace(/\s+/g, '')

/** The fault of a new password as a sentence; null for an accepted password. No composition rules. */
export function faultOf(password: string, person: { names: readonly string[]; isOnlyFactor: boolean }): string | null {
  const least = person.isOnlyFactor ? shortestAlone : shortest
  const characters = [...password.normalize('NFC')].length
  if (characters < least)
    return person.isOnlyFactor
      ? `A password that is the only factor needs at least ${least} characters.`
      : `A password needs at least ${least} characters.`
  if (Buffer.byteLength(password) > longestBytes) return `A password has at most ${longestBytes} bytes.`
  const whole = plain(password)
  if (common.has(whole)) return 'This password is among the most common ones.'
  const words = [...person.names.map(plain), 'sallyport'].filter((word) => word.length > 2)
  if (words.some((word) => isRepeated(word, whole))) return 'This password is a name that others know.'
  if (/^(.)\1*$/u.test(whole)) return 'This password is one character over and over.'
  return null
}

/** Whether a password is nothing but a known word, alone, repeated, or with digits and signs around it. */
const isRepeated = (word: string, whole: string) =>
  whole.replaceAll(word, '').replace(/[\d\W_]/g, '') === '' && whole.includes(word)
