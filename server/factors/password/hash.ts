import { availableParallelism } from 'node:os'
import argon2 from '@node-rs/argon2'
import { type Cost, costOf, longestTimes, ownCost, workOf } from './cost.ts'
import { queueOf } from './queue.ts'

// argon2id at OWASP's and NIST's least cost. Algorithm and version are the library's defaults (RFC 9106).
const options = ({ memory, passes }: Cost) => ({ memoryCost: memory, timeCost: passes, parallelism: 1 })
const current = new RegExp(`^\\$argon2id\\$v=19\\$m=${ownCost.memory},t=${ownCost.passes},p=1\\$`)
/** The hash that is verified for accounts that do not exist, so that these take the same time. */
const nobody = argon2.hash('a password that nobody has', options(ownCost))

/** One hash a core at a time; each takes 19 MiB and about 10 ms. */
const queue = queueOf({ atOnce: availableParallelism(), waiting: 50 })

export const isCurrentHash = (hash: string): boolean => current.test(hash)

/** The hash of a password in PHC form; null when the queue is full. */
export const hashed = (password: string): Promise<string | null> =>
  queue(() => argon2.hash(normal(password), options(ownCost)))

/**
 * Whether the password is right; `busy` when the queue is full. Every wrong password takes the work of the most
 * expensive accepted hash, for no account (null), Sallyport's own hashes and imported hashes alike.
 */
export async function matches(hash: string | null, password: string): Promise<boolean | 'busy'> {
  const against = hash ?? (await nobody)
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

/** The work missing to the most expensive hash, in no more memory than Sallyport's own hashes; null without any. */
function restOf(against: string): Cost | null {
  const cost = costOf(against)
  const left = workOf(longestTimes) - (cost ? workOf(cost) : 0)
  const rounds = Math.max(2, Math.ceil(left / ownCost.memory))
  const memory = Math.floor(left / rounds)
  return memory < 8 ? null : { memory, passes: rounds - 1 }
}

/** NIST SP 800-63B-4 §3.1.1.2: NFC before hashing. */
const normal = (password: string) => password.normalize('NFC')
