import type { IncomingMessage } from 'node:http'

/**
 * The name of a cookie of the whole origin. A neighbour host can set any cookie for the parent domain except a cookie
 * named `__Host-` (RFC 6265bis §4.1.3.2); browsers accept that prefix over https alone, so loopback http has none.
 */
export const hostCookie = ({ protocol }: URL, name: string): string => (protocol === 'https:' ? `__Host-${name}` : name)

/** Attributes of a cookie of the whole origin; `maxAge` in milliseconds, as Koa's cookies take it. */
export const hostCookieOptions = ({ protocol }: URL, maxAge: number) =>
  ({
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: protocol === 'https:',
    signed: false,
    overwrite: true,
    maxAge,
  }) as const

/** The value of the first cookie of that name (RFC 6265 §5.4); undefined without one. */
export function cookieIn({ headers }: Pick<IncomingMessage, 'headers'>, name: string): string | undefined {
  const start = `${name}=`
  return headers.cookie
    ?.split('; ')
    .find((one) => one.startsWith(start))
    ?.slice(start.length)
}

/** The part of a request's context that reads and sets cookies, common to Koa's and the engine's contexts. */
export interface CookieJar {
  readonly req: IncomingMessage
  readonly cookies: { set(name: string, value: string, options: ReturnType<typeof hostCookieOptions>): unknown }
}
