/** The cost of an argon2id hash: KiB of memory, and the number of passes. */
export interface Cost {
  readonly memory: number
  readonly passes: number
}

export const ownCost: Cost = { memory: 19_456, passes: 2 }
/** The most expensive accepted hash: RFC 9106's 64 MiB in one pass, about twice the work of Sallyport's own hashes. */
export const longestTimes: Cost = { memory: 65_536, passes: 1 }

/** The least costs, of which a hash must reach one (OWASP Password Storage Cheat Sheet: argon2id). */
const floor: readonly Cost[] = [
  { memory: 47_104, passes: 1 },
  ownCost,
  { memory: 12_288, passes: 3 },
  { memory: 9_216, passes: 4 },
  { memory: 7_168, passes: 5 },
]

/** The work of a cost, in KiB of written memory: by each pass, and once by the system's allocation. Time follows it. */
export const workOf = ({ memory, passes }: Cost): number => memory * (passes + 1)

const phc = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=([1-4])\$[\w+/]{11,}\$[\w+/]{16,}$/

/** The cost of a PHC string; null when it cannot be verified (RFC 9106 §3.1: at least 8 KiB for each lane). */
export function costOf(text: string): Cost | null {
  const [, memory = 0, passes = 0, lanes = 0] = (phc.exec(text) ?? []).map(Number)
  return passes > 0 && memory >= 8 * lanes ? { memory, passes } : null
}

/** Prefixes of hashes of other systems (crypt(5), RFC 2307 §5.3 for LDAP), with which no password should begin. */
const isElsewheres = /^(\$(argon2\w*|2[abxy]?|[1567y]|gy|apr1|scrypt|bcrypt[\w-]*|pbkdf2[\w-]*)\$|\{[A-Z\d-]{3,}\})/
export const isHash = (secret: string): boolean => isElsewheres.test(secret)

/** The fault of a hash as a sentence; null for an accepted hash. */
export function faultOfHash(text: string): string | null {
  const cost = costOf(text)
  if (!cost)
    return 'This is a hash, but no argon2id hash as we take them ($argon2id$v=19$m=…,t=…,p=1 to 4): give the password itself, or none.'
  const { memory, passes } = cost
  if (!floor.some((least) => memory >= least.memory && passes >= least.passes))
    return `This hash (m=${memory},t=${passes}) is too easily guessed at: it needs m=19456,t=2 or an equal of it (47104,1; 12288,3; 9216,4; 7168,5).`
  return workOf(cost) > workOf(longestTimes)
    ? `This hash (m=${memory},t=${passes}) takes too long to verify: m=65536,t=1 and its equals are the longest that are taken.`
    : null
}
