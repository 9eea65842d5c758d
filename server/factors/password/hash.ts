import { availableParallelism } from 'node:os'
import argon2 from '@node-rs/argon2'
import { type Cost, costOf, longestTimes, ownCost, workOf } from './cost.ts'
import { queueOf } from './queue.ts'

// argon2id; OWASP's and NIST's floor. Algorithm and version are the library's defaults (RFC 9106).
const options = ({ memory, passes }: Cost) => ({ memoryCost: memory, timeCost: passes, parallelism: 1 })
const current = new RegExp(`^\\$argon2id\\$v=19\\$m=${ownCost.memory},t=${ownCost.passes},p=1\\$`)
/** Verified for people who do not exist, so that they take as long as people who do. */
const nobody = argon2.hash('a password that nobody has', options(ownCost))

/** One hash a core at once; each takes 19 MiB and some 10 ms. */
const queue = queueOf({ atOnce: availableParallelism(), waiting: 50 })

export const isCurrentHash = (kept: string): boolean => current.test(kept)

/** Null when the queue is full. */
export const hashed = (password: string): Promise<string | null> =>
  queue(() => argon2.hash(normal(password), options(ownCost)))

/**
 * Whether the password is the one; `busy` when the queue is full. Whatever is not right takes the work of the longest hash
 * that is taken here: of nobody (null), of our own hashes, and of imported ones.
 */
export async function matches(kept: string | null, password: string): Promise<boolean | 'busy'> {
  const against = kept ?? (await nobody)
  const right = await queue(async () => {
    const isRight = (await argon2.verify(against, normal(password))) && kept !== null
    const rest = isRight ? null : restOf(against)
    if (rest) await argon2.hash(normal(password), options(rest))
    return isRight
  })
  return right ?? 'busy'
}

/** Whether a hash is this password's; null when the queue is full. For operators, who may learn that from a time. */
export const isHashOf = (kept: string, password: string): Promise<boolean | null> =>
  queue(() => argon2.verify(kept, normal(password)))

/** What is left of the longest one's work, in no more memory than our own; null when it is nothing. */
function restOf(against: string): Cost | null {
  const cost = costOf(against)
  const left = workOf(longestTimes) - (cost ? workOf(cost) : 0)
  const rounds = Math.max(2, Math.ceil(left / ownCost.memory))
  const memory = Math.floor(left / rounds)
  return memory < 8 ? null : { memory, passes: rounds - 1 }
}

/** NIST SP 800-63B-4 §3.1.1.2: NFC before hashing. */
const normal = (password: string) => password.normalize('NFC')
