import { createHash, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { type CookieJar, cookieIn, hostCookie, hostCookieOptions } from './cookie.ts'

/**
 * A random cookie of this browser, whose hash is kept with each sign-in that it begins: a neighbour host may plant a
 * sign-in's own cookies, which are bound to its path and therefore not `__Host-`, but not this one. So an attacker's
 * sign-in cannot be finished by somebody else, nor somebody's taken over by an attacker.
 */
const name = 'sallyport_binding'
const keptMs = 400 * 24 * 3_600_000
const valueBytes = 32
/** 256 bits in base64url; what else stands in the cookie is replaced. */
const valuePattern = /^[\w-]{43}$/

const hashOf = (value: string) => createHash('sha256').update(value).digest('base64url')

function valueIn(issuer: URL, incoming: Pick<IncomingMessage, 'headers'>): string | null {
  const value = cookieIn(incoming, hostCookie(issuer, name))
  return value !== undefined && valuePattern.test(value) ? value : null
}

/** The hash of the browser's value; null for a browser that has none. */
export function bindingIn(issuer: URL, incoming: Pick<IncomingMessage, 'headers'>): string | null {
  const value = valueIn(issuer, incoming)
  return value === null ? null : hashOf(value)
}

/** Gives the browser its value, or lets it keep it for another 400 days; the hash of it. */
export function bindBrowser(issuer: URL, { req, cookies }: CookieJar): string {
  const value = valueIn(issuer, req) ?? randomBytes(valueBytes).toString('base64url')
  cookies.set(hostCookie(issuer, name), value, hostCookieOptions(issuer, keptMs))
  return hashOf(value)
}
