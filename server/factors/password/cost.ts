import type { Argon2Cost } from '../contract/site.ts'

/** Sallyport's own cost, unless the operator asks for more: OWASP's equal of 19 MiB in two passes that takes the least time. */
export const defaultCost: Argon2Cost = { memory: 12_288, passes: 3 }
/** The most expensive accepted hash: RFC 9106's 64 MiB in one pass, about three times the work of the default. */
export const longestTimes: Argon2Cost = { memory: 65_536, passes: 1 }

/** The least costs, of which a hash must reach one (OWASP Password Storage Cheat Sheet: argon2id). */
const floor: readonly Argon2Cost[] = [
  { memory: 47_104, passes: 1 },
  { memory: 19_456, passes: 2 },
  defaultCost,
  { memory: 9_216, passes: 4 },
  { memory: 7_168, passes: 5 },
]

/** Memory that a core's cache holds, in KiB. */
const cached = 12_288

/**
 * The work of a cost, in KiB of written memory: by each pass, and once by the system's allocation. Memory beyond the
 * cache counts for more, by the 0.1th power of its size, as measured (docs/decisions/0038): time follows the work.
 */
export const workOf = ({ memory, passes }: Argon2Cost): number =>
  memory * (passes + 1) * Math.max(1, memory / cached) ** 0.1

/** The work that makes up for what is `left`, in memory that the cache holds; null for none. */
export function restFor(left: number): Argon2Cost | null {
  const rounds = Math.max(2, Math.ceil(left / cached))
  const memory = Math.floor(left / rounds)
  return memory < 8 ? null : { memory, passes: rounds - 1 }
}

const phc = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=([1-4])\$[\w+/]{11,}\$[\w+/]{16,}$/

/** The cost of a PHC string; null when it cannot be verified (RFC 9106 §3.1: at least 8 KiB for each lane). */
export function costOf(text: string): Argon2Cost | null {
  const [, memory = 0, passes = 0, lanes = 0] = (phc.exec(text) ?? []).map(Number)
  return passes > 0 && memory >= 8 * lanes ? { memory, passes } : null
}

/** Prefixes of hashes of other systems (crypt(5), RFC 2307 §5.3 for LDAP), with which no password should begin. */
const isElsewheres = /^(\$(argon2\w*|2[abxy]?|[1567y]|gy|apr1|scrypt|bcrypt[\w-]*|pbkdf2[\w-]*)\$|\{[A-Z\d-]{3,}\})/
export const isHash = (secret: string): boolean => isElsewheres.test(secret)

/** The fault of a cost, as what follows "This hash (…)" in a sentence; null for an accepted cost. */
export function faultOfCost(cost: Argon2Cost): string | null {
  if (!floor.some((least) => cost.memory >= least.memory && cost.passes >= least.passes))
    return 'is too easily guessed at: it needs m=19456,t=2 or an equal of it (47104,1; 12288,3; 9216,4; 7168,5).'
  return workOf(cost) > workOf(longestTimes)
    ? 'takes too long to verify: m=65536,t=1 and its equals are the longest that are taken.'
    : null
}

/** The fault of a hash as a sentence; null for an accepted hash. */
export function faultOfHash(text: string): string | null {
  const cost = costOf(text)
  if (!cost)
    return 'This is a hash, but no argon2id hash as we take them ($argon2id$v=19$m=…,t=…,p=1 to 4): give the password itself, or none.'
  const fault = faultOfCost(cost)
  return fault && `This hash (m=${cost.memory},t=${cost.passes}) ${fault}`
}
