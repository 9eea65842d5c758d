import { generateSync } from 'otplib'
import type { BuiltFactor } from '../../shared/factors/index.ts'
import type { Challenge } from '../../shared/wire/view.ts'
import type { Answering, Enrolled } from './answering.ts'
import { assertionBy, passkeyOf } from './passkeys.ts'
import { codeFor, numberOf, texting } from './phones.ts'
import { codeOf, recoveryCodes } from './recovery-codes.ts'

/** The password of all people of the benchmark, so that it is hashed once a run. */
export const password = 'a password of the bench 41'

/** A policy's steps, what everybody has enrolled for it, and how each of its challenges is answered. */
export interface Sequence {
  readonly name: string
  readonly primary: readonly BuiltFactor[]
  /** Further lines of the configuration. */
  readonly settings?: string
  /** The number of password hashes in one sign-in, whose cost is reported apart. */
  readonly hashes: number
  readonly enrolled: (hash: string, username: string) => readonly Enrolled[]
  /** The answer to the first challenge where it comes with the name, as a password manager fills both. */
  readonly withName?: object
  readonly answer: (challenge: Challenge, by: Answering) => object
}

/** The secret of everybody's app; nobody signs in twice within the three time steps in which a code would be used. */
const app = { secret: 'GKWGI6PMB6L3SX5ZFAMPDJYRA3NGYVUS', algorithm: 'sha1', digits: 6, periodSeconds: 30 } as const

/** The measured sequences. */
export const sequences: readonly Sequence[] = [
  {
    name: 'password',
    primary: ['password'],
    withName: { password },
    hashes: 1,
    enrolled: (argon2) => [{ factor: 'password', credential: { argon2 } }],
    answer: () => ({ password }),
  },
  {
    name: 'password after the name',
    primary: ['password'],
    hashes: 1,
    enrolled: (argon2) => [{ factor: 'password', credential: { argon2 } }],
    answer: () => ({ password }),
  },
  {
    name: 'password and app code',
    primary: ['password', 'totp'],
    withName: { password },
    hashes: 1,
    enrolled: (argon2) => [
      { factor: 'password', credential: { argon2 } },
      { factor: 'totp', credential: { ...app, lastStep: -1 } },
    ],
    answer: ({ factor }) => (factor === 'totp' ? { code: generateSync({ secret: app.secret }) } : { password }),
  },
  {
    name: 'password and text message',
    primary: ['password', 'sms'],
    withName: { password },
    settings: texting,
    hashes: 1,
    enrolled: (argon2, username) => [
      { factor: 'password', credential: { argon2 } },
      { factor: 'sms', credential: { number: numberOf(username) } },
    ],
    answer: ({ factor }, { username }) => (factor === 'sms' ? { code: codeFor(username) } : { password }),
  },
  {
    name: 'password and recovery code',
    primary: ['password', 'recovery-code'],
    withName: { password },
    hashes: 1,
    enrolled: (argon2) => [
      { factor: 'password', credential: { argon2 } },
      { factor: 'recovery-code', credential: recoveryCodes },
    ],
    answer: ({ factor }, { username }) => (factor === 'recovery-code' ? { code: codeOf(username) } : { password }),
  },
  {
    name: 'passkey alone',
    primary: ['passkey'],
    hashes: 0,
    enrolled: (_, username) => [passkeyOf(username)],
    answer: assertionBy,
  },
  {
    name: 'password and passkey',
    primary: ['password', 'passkey'],
    withName: { password },
    hashes: 1,
    enrolled: (argon2, username) => [{ factor: 'password', credential: { argon2 } }, passkeyOf(username)],
    answer: (challenge, by) => (challenge.factor === 'passkey' ? assertionBy(challenge, by) : { password }),
  },
]

export function sequenceOf(name: string): Sequence {
  const sequence = sequences.find((one) => one.name === name)
  if (!sequence) throw new Error(`The bench has no sequence "${name}".`)
  return sequence
}
