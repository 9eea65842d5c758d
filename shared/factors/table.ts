import type { Proof } from './contract.ts'

/** The fixed properties of a factor, implemented or planned. */
export interface FactorTraits {
  /** What a right answer can prove; several proofs where the authenticator decides. */
  readonly potential: readonly Proof[]
  /** Admitted at AAL2 (NIST SP 800-63B-4 §2.2.1). */
  readonly aal2: boolean
  /** Phishing resistant: bound to the channel or to the verifier's name (NIST SP 800-63B-4 §3.2.5). */
  readonly phishingResistant: boolean
  /** Whether an answer shows that the person acted just now: a Kerberos ticket may be hours old. */
  readonly canBeFresh: boolean
  /** Whether a policy can require user verification by the authenticator (WebAuthn Level 3 §5.8.6). */
  readonly takesUv: boolean
  /** A factor of last resort: offered after all others, and in no class, no filter, and no level above the first. */
  readonly lastResort: boolean
  /** A cognitive function test without assistance: to remember or transcribe (WCAG 2.2 success criterion 3.3.8). */
  readonly cognitive: boolean
  /** A restricted authenticator: an alternative must be offered (NIST SP 800-63B-4 §3.2.9). */
  readonly restricted: boolean
  /** Answered by handoff: on another origin with a host of its own, whose sealed answer the browser brings back. */
  readonly elsewhere: boolean
  /** A challenge sends a message to the person, and so never opens before the first proof. */
  readonly sent: boolean
  /** Divisor of the failures that disable an authenticator: four cells are guessed more easily than six digits. */
  readonly fewerFailures: number
}

const has = (...methods: Proof['methods']): Proof => ({ methods, proves: ['has'] })
/** A possession and a second kind: a PIN or a biometric unlocked the authenticator, which does not say which. */
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
