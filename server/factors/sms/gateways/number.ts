import { parsePhoneNumberFromString } from 'libphonenumber-js/max'

export interface Phone {
  /** The number in E.164: a plus sign, the country's calling code, and the national number. */
  readonly e164: string
  /** The country's code of ISO 3166-1 alpha-2, in capitals. */
  readonly country: string
}

/** Reads a number with its country's calling code; null when it cannot receive text messages. */
export function readNumber(written: string): Phone | null {
  const number = parsePhoneNumberFromString(withPlus(written))
  // In some numbering plans (North America's) mobile and fixed numbers cannot be told apart.
  const isMobile = ['MOBILE', 'FIXED_LINE_OR_MOBILE'].includes(number?.getType() ?? '')
  return number?.country && number.isValid() && isMobile ? { e164: number.number, country: number.country } : null
}

/** The number with full-width characters mapped, and the common international prefix 00 as a plus (ITU-T E.164). */
const withPlus = (written: string) => written.normalize('NFKC').replace(/^([\s(\p{Cf}]*)00/u, '$1+')

export const endingOf = (e164: string): string => e164.slice(-2)

/** The masked form of a number: calling code and last two digits. */
export const masked = (e164: string): string =>
  `+${parsePhoneNumberFromString(e164)?.countryCallingCode ?? ''} … ${endingOf(e164)}`
