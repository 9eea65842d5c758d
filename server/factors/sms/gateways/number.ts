import { parsePhoneNumberFromString } from 'libphonenumber-js/max'

export interface Phone {
  /** E.164: a plus, the country's calling code, and the rest. */
  readonly e164: string
  /** ISO 3166-1, in capitals. */
  readonly country: string
}

/** A number that can be sent a text, written with its country's calling code; null when it is none. */
export function readNumber(written: string): Phone | null {
  const number = parsePhoneNumberFromString(withPlus(written))
  // Of some plans (North America's) nobody can tell mobile numbers from fixed ones.
  const isMobile = ['MOBILE', 'FIXED_LINE_OR_MOBILE'].includes(number?.getType() ?? '')
  return number?.country && number.isValid() && isMobile ? { e164: number.number, country: number.country } : null
}

/** Signs of full width as others, and the prefix that most of the world dials for a plus (ITU-T E.164). */
const withPlus = (written: string) => written.normalize('NFKC').replace(/^([\s(\p{Cf}]*)00/u, '$1+')

export const endingOf = (e164: string): string => e164.slice(-2)

/** What a number is called where it must not be read. */
export const masked = (e164: string): string =>
  `+${parsePhoneNumberFromString(e164)?.countryCallingCode ?? ''} … ${endingOf(e164)}`
