import { randomInt, timingSafeEqual } from 'node:crypto'
import type { Site } from '../contract/site.ts'

const codes = 1_000_000
const minuteMs = 60_000

/** A code of six digits from a CSPRNG, uniformly distributed (NIST SP 800-63B-4 §3.1.3.2). */
export const newCode = (): string => String(randomInt(codes)).padStart(6, '0')

export function isSameCode(right: string, given: string): boolean {
  const [a, b] = [Buffer.from(right), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/**
 * The body of a text message: one part of GSM-7 where the service's name and its host have at most 88 characters
 * together. The last line binds the code to the origin, so that phones fill it in only there (WICG sms-one-time-codes).
 */
export function messageText(
  code: string,
  leftMs: number,
  { issuer, serviceName }: Pick<Site, 'issuer' | 'serviceName'>,
): string {
  const minutes = Math.ceil(leftMs / minuteMs)
  const works = `It works for ${minutes} minute${minutes === 1 ? '' : 's'}.`
  return `${code} is your ${serviceName} code. ${works} Don't share it.\n\n@${issuer.hostname} #${code}`
}
