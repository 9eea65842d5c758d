import type { Proof } from './contract.ts'

/** What there is to know about a factor before anybody answers it, whether it is built yet or not. */
export interface FactorTraits {
  /** What a right answer can prove; more than one where that depends on the authenticator. */
  readonly potential: readonly Proof[]
  /** Admitted at AAL2 (NIST SP 800-63B-4 §2.2.1). */
  readonly aal2: boolean
  /** NIST SP 800-63B-4 §3.2.5: bound to the channel or to the verifier's name. */
  readonly phishingResistant: boolean
  /** Whether an answer can be known to be of this moment: a ticket may be hours old. */
  readonly canBeFresh: boolean
  /** Whether a policy can demand that what unlocks it is shown too (WebAuthn Level 3 §5.8.6). */
  readonly takesUv: boolean
  /** Kept for the day the rest is lost: offered after everything else, and in no class, filter, or level above the first. */
  readonly lastResort: boolean
  /** Asks the person to remember or transcribe (WCAG 2.2 success criterion 3.3.8), and nothing can do it for them. */
  readonly cognitive: boolean
  /** NIST SP 800-63B-4 §3.2.9: another way must be offered. */
  readonly restricted: boolean
  /** Answered on another origin, whose sealed answer the browser brings back: it needs a host of its own. */
  readonly elsewhere: boolean
  /** Something goes out to the person for it, and so never before they have proven something. */
  readonly sent: boolean
  /** How many times fewer failures disable it than others: a guess at four cells is likelier than one at six digits. */
  readonly fewerFailures: number
}

const has = (...methods: Proof['methods']): Proof => ({ methods, proves: ['has'] })
/** A second kind was proven with it: what unlocks it, which is a PIN or a body, and nobody says which. */
const unlocked = (...methods: Proof['methods']): Proof => ({ methods, proves: ['has', 'knows'] })
const knows = (...methods: Proof['methods']): Proof => ({ methods, proves: ['knows'] })
const plain = {
  aal2: true,
  phishingResistant: false,
  canBeFresh: true,
  takesUv: false,
  lastResort: false,
  cognitive: false,
  restricted: false,
  elsewhere: false,
  sent: false,
  fewerFailures: 1,
} as const
const strong = { ...plain, phishingResistant: true } as const

export const factorTable = {
  password: { potential: [knows('pwd')], ...plain },
  kerberos: { potential: [knows('wia')], ...plain, aal2: false, canBeFresh: false },
  totp: { potential: [has('otp')], ...plain },
  token: { potential: [has('otp', 'hwk')], ...plain },
  grid: { potential: [has('otp')], ...plain, cognitive: true, fewerFailures: 10 },
  sms: { potential: [has('sms')], ...plain, restricted: true, sent: true },
  passkey: {
    potential: [
      unlocked('fido', 'hwk', 'user'),
      unlocked('fido', 'swk', 'user'),
      has('fido', 'hwk', 'user'),
      has('fido', 'swk', 'user'),
    ],
    ...strong,
    takesUv: true,
  },
  smartcard: { potential: [unlocked('sc', 'hwk'), has('sc')], ...strong, elsewhere: true },
  'recovery-code': { potential: [has('otp')], ...plain, lastResort: true },
} as const satisfies Record<string, FactorTraits>

export type FactorId = keyof typeof factorTable
export const allFactors = Object.keys(factorTable) as readonly FactorId[]
export const traitsOf = (factor: FactorId): FactorTraits => factorTable[factor]
