import { createHash } from 'node:crypto'
import { budgetOf } from '../http/address.ts'
import type { Limits } from '../settings/attempts.ts'
import type { Store } from '../store/store.ts'
import { openCounts } from './counts.ts'
import { aMinute, countedAt, growingWait } from './throttle.ts'

/** A presented client secret. Secrets of unknown clients are counted like those of known clients. */
export interface Presented {
  readonly client: string
  /** The network address; null when unknown. */
  readonly address: string | null
  readonly right: boolean
}

const digest = (client: string) => createHash('sha256').update(client).digest('base64url')

/**
 * Counts wrong client secrets by client and address, and by address over all clients (RFC 6749 §2.3.1: an endpoint that
 * takes secrets is protected against brute force). Returns the end of the wait (epoch milliseconds), in which no secret
 * is verified; null when this secret's verdict may be returned. One transaction, so that a hundred secrets at once get
 * as many verdicts as a hundred in turn.
 */
export const countSecret = (store: Store, limits: Limits, presented: Presented, now: number): Promise<number | null> =>
  store.transaction(async (inside) => {
    const address = budgetOf(presented.address)
    const clientKey = `client secret of ${digest(presented.client)} from ${address}`
    const addressKey = `client secrets from ${address}`
    const [perClient, perAddress] = [
      growingWait(limits.free_failures, limits.longest_wait, limits.forgotten_after),
      aMinute(limits.per_address_a_minute),
    ]
    const counts = await openCounts(inside, [clientKey, addressKey], now)
    const until = Math.max(counts.lockedUntil(perClient, clientKey), counts.lockedUntil(perAddress, addressKey))
    if (until > now) return until
    if (presented.right) {
      if (countedAt(counts.seen(clientKey), perClient, now)) await inside.attempts.clear([clientKey])
      return null
    }
    counts.charge(perAddress, addressKey)
    counts.charge(perClient, clientKey)
    await counts.write()
    return null
  })
