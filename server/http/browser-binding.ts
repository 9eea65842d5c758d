import { createHash, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { type CookieJar, cookieIn, hostCookie, hostCookieOptions } from './cookie.ts'

/**
 * A random cookie of this browser, whose hash is stored with each sign-in that the browser begins. A neighbour host may
 * plant a sign-in's own cookies, which are bound to a path and therefore not `__Host-`, but not this cookie. So nobody
 * else can finish an attacker's sign-in, and no attacker can take over a person's.
 */
const name = 'sallyport_binding'
const keptMs = 400 * 24 * 3_600_000
const valueBytes = 32
/** 256 bits in base64url; any other value of the cookie is replaced. */
const valuePattern = /^[\w-]{43}$/

const hashOf = (value: string) => createHash('sha256').update(value).digest('base64url')

function valueIn(issuer: URL, incoming: Pick<IncomingMessage, 'headers'>): string | null {
  const value = cookieIn(incoming, hostCookie(issuer, name))
  return value !== undefined && valuePattern.test(value) ? value : null
}

/** The hash of the browser's cookie; null without one. */
export function bindingIn(issuer: URL, incoming: Pick<IncomingMessage, 'headers'>): string | null {
  const value = valueIn(issuer, incoming)
  return value === null ? null : hashOf(value)
}

/** Sets the browser's cookie, or extends it for another 400 days; returns its hash. */
export function bindBrowser(issuer: URL, { req, cookies }: CookieJar): string {
  const value = valueIn(issuer, req) ?? randomBytes(valueBytes).toString('base64url')
  cookies.set(hostCookie(issuer, name), value, hostCookieOptions(issuer, keptMs))
  return hashOf(value)
}
