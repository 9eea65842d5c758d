import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { queueOf } from './queue.ts'

// argon2id; OWASP's and NIST's floor. Algorithm and version are the library's defaults (RFC 9106).
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
const current = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/
/** Verified for people who do not exist, so that they take as long as people who do. */
const nobody = hash('a password that nobody has', cost)

/** One hash a core at once; each takes 19 MiB and some 10 ms. */
const queue = queueOf({ atOnce: availableParallelism(), waiting: 50 })

/** Whether a hash from elsewhere can be verified here, and at no more than some three times our own cost. */
export function isUsable(text: string): boolean {
  const [, m = 0, t = 0, p = 0] = (
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$[\w+/]{11,}\$[\w+/]{16,}$/.exec(text) ?? []
  ).map(Number)
  return m >= 8 * p && m * t <= 3 * cost.memoryCost * cost.timeCost && t >= 1 && p >= 1 && p <= 4
}
export const isCurrent = (kept: string): boolean => current.test(kept)

/** Null when the queue is full. */
export const hashed = (password: string): Promise<string | null> => queue(() => hash(normal(password), cost))

/** Whether the password is the one; the same work for null. `busy` when the queue is full. */
export async function matches(kept: string | null, password: string): Promise<boolean | 'busy'> {
  const against = kept ?? (await nobody)
  const right = await queue(() => verify(against, normal(password)))
  return right === null ? 'busy' : right && kept !== null
}

/** NIST SP 800-63B-4 §3.1.1.2: NFC before hashing. */
const normal = (password: string) => password.normalize('NFC')
