import type { BuiltFactor } from '../../shared/factors/index.ts'
import type { Challenge } from '../../shared/view.ts'

/** The hash is made once a run: everybody of the bench has this password. */
export const password = 'a password of the bench 41'

/** A policy's steps, what everybody has enrolled for it, and how each of its challenges is answered. */
export interface Sequence {
  readonly name: string
  readonly primary: readonly BuiltFactor[]
  /** Password hashes in one sign-in: their cost is named apart. */
  readonly hashes: number
  readonly enrolled: (hash: string) => readonly { readonly factor: BuiltFactor; readonly kept: unknown }[]
  readonly answer: (challenge: Challenge) => object
}

/** Another sequence is another entry. */
export const sequences: readonly Sequence[] = [
  {
    name: 'password',
    primary: ['password'],
    hashes: 1,
    enrolled: (argon2) => [{ factor: 'password', kept: { argon2 } }],
    answer: () => ({ password }),
  },
]
