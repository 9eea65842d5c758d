import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { isCurrent } from '../clock/instants.ts'
import type { Seal } from '../secrets/seal.ts'
import { type CookieJar, cookieIn, hostCookie, hostCookieOptions } from './cookie.ts'

/** A browser drops a cookie of more than 4096 bytes, name and attributes included (RFC 6265 §6.1). */
const longest = 3800
/** One entry of an account; `at` is when it was written (epoch milliseconds). */
interface Dated {
  readonly account: string
  readonly at: number
}

/** The services that reading and writing a list need. */
export interface Keeper {
  readonly issuer: URL
  readonly tickets: Seal
  readonly now: () => Date
}

/**
 * A list in a cookie, newest first: sealed, so that the browser can neither read nor forge it. An entry counts for
 * `keptMs`, whatever the browser does with the cookie's own expiry; an entry from the future is from a wrong clock and
 * does not count.
 */
export function sealedList<T extends Dated>(name: string, entry: z.ZodType<T>, keptMs: number) {
  const entries = z.array(entry)
  const row = [name]
  const opened = new WeakMap<IncomingMessage, { readonly sealed: string; readonly list: readonly T[] }>()
  /** The entries of a request's cookie, opened once: a request that ends a sign-in reads its lists several times. */
  function listIn(sealed: string, tickets: Seal, incoming: IncomingMessage): readonly T[] {
    const before = opened.get(incoming)
    if (before?.sealed === sealed) return before.list
    const list = openList(sealed, tickets)
    opened.set(incoming, { sealed, list })
    return list
  }
  function openList(sealed: string, tickets: Seal): readonly T[] {
    try {
      return entries.parse(tickets.open(sealed, row))
    } catch {
      return []
    }
  }
  function read({ issuer, tickets, now }: Keeper, incoming: IncomingMessage): readonly T[] {
    const sealed = cookieIn(incoming, hostCookie(issuer, name))
    if (!sealed) return []
    const here = now().getTime()
    return listIn(sealed, tickets, incoming).filter(({ at }) => isCurrent(at + keptMs, here, keptMs))
  }

  return {
    read,
    /** Adds an entry in place of those that `isReplaced` names; the oldest entries go when the cookie is full. */
    add(keeper: Keeper, jar: CookieJar, added: T, isReplaced: (one: T) => boolean): void {
      let list = [added, ...read(keeper, jar.req).filter((one) => !isReplaced(one))]
      let sealed = keeper.tickets.close(list, row)
      while (sealed.length > longest && list.length > 1) {
        list = list.slice(0, -1)
        sealed = keeper.tickets.close(list, row)
      }
      jar.cookies.set(hostCookie(keeper.issuer, name), sealed, hostCookieOptions(keeper.issuer, keptMs))
    },
  }
}
