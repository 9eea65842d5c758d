import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import argon2 from '@node-rs/argon2'
import type { Argon2Cost } from '../contract/site.ts'
import { costOf, longestTimes, restFor, workOf } from './cost.ts'
import { queueOf } from './queue.ts'

// Algorithm and version are the library's defaults: argon2id, 19 (RFC 9106).
const options = ({ memory, passes }: Argon2Cost) => ({ memoryCost: memory, timeCost: passes, parallelism: 1 })
const prefixOf = ({ memory, passes }: Argon2Cost) => `$argon2id$v=19$m=${memory},t=${passes},p=1$`

const randomBase64 = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '')
const nobodys = `${randomBase64(16)}$${randomBase64(32)}`
/** The hash, of no password, that is verified for accounts that do not exist, so that these take the same time. */
const hashOfNobody = (cost: Argon2Cost) => prefixOf(cost) + nobodys

/** One hash a core at a time; each takes 12 MiB and about 10 ms, unless the operator asks for more. */
const queue = queueOf({ atOnce: availableParallelism(), waiting: 50 })

/** Whether a hash has the cost that new hashes have. */
export const isCurrentHash = (hash: string, cost: Argon2Cost): boolean => hash.startsWith(prefixOf(cost))

/** The hash of a password in PHC form; null when the queue is full. */
export const hashed = (password: string, cost: Argon2Cost): Promise<string | null> =>
  queue(() => argon2.hash(normal(password), options(cost)))

/**
 * Whether the password is right; `busy` when the queue is full. Every wrong password takes the work of the most
 * expensive accepted hash, for no account (null; `own` is the cost of new hashes), Sallyport's own hashes and imported
 * hashes alike.
 */
export async function matches(hash: string | null, password: string, own: Argon2Cost): Promise<boolean | 'busy'> {
  const against = hash ?? hashOfNobody(own)
  const right = await queue(async () => {
    const isRight = (await argon2.verify(against, normal(password))) && hash !== null
    const rest = isRight ? null : restOf(against)
    if (rest) await argon2.hash(normal(password), options(rest))
    return isRight
  })
  return right ?? 'busy'
}

/** Whether a hash is this password's; null when the queue is full. Not of constant time: for operators only. */
export const isHashOf = (hash: string, password: string): Promise<boolean | null> =>
  queue(() => argon2.verify(hash, normal(password)))

/** The work missing to the most expensive hash; null without any. */
function restOf(against: string): Argon2Cost | null {
  const cost = costOf(against)
  return restFor(workOf(longestTimes) - (cost ? workOf(cost) : 0))
}

/** NIST SP 800-63B-4 §3.1.1.2: NFC before hashing. */
const normal = (password: string) => password.normalize('NFC')
