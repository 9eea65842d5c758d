import type { IncomingMessage } from 'node:http'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { z } from 'zod'
import { cookieIn, hostCookie, hostCookieOptions } from '../guard/cookie.ts'
import type { House } from '../house.ts'

const keptMs = 90 * 24 * 3_600_000
/** All of them fit into the 4096 bytes that a browser takes (RFC 6265 §6.1). */
const most = 16
const row = ['browser']

const signed = z.array(z.strictObject({ account: z.string(), policy: z.string(), until: z.number() }))
/** People who have finished a sign-in in a browser, and the policy under which they did: no other one believes it. */
export type SignedBefore = z.output<typeof signed>

const cookie = 'sallyport_browser'

/** Who is known in the browser that a request comes from. It keeps that itself, sealed: it cannot be read or made. */
export function signedBefore(
  house: Pick<House, 'issuer' | 'tickets' | 'now'>,
  incoming: IncomingMessage,
): SignedBefore {
  const sealed = cookieIn(incoming, hostCookie(house.issuer, cookie))
  if (!sealed) return []
  try {
    const now = house.now().getTime()
    return signed.parse(house.tickets.open(sealed, row)).filter(({ until }) => until > now)
  } catch {
    return []
  }
}

/** This person has finished a sign-in here; what is known of others stays as it is. */
export function rememberBrowser(house: House, ctx: KoaContextWithOIDC, account: string, policy: string): void {
  const until = house.now().getTime() + keptMs
  const others = signedBefore(house, ctx.req).filter((one) => one.account !== account || one.policy !== policy)
  const sealed = house.tickets.close([{ account, policy, until }, ...others].slice(0, most), row)
  ctx.cookies.set(hostCookie(house.issuer, cookie), sealed, hostCookieOptions(house.issuer, keptMs))
}
