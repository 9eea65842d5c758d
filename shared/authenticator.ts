import type { FactorId } from './factors/table.ts'

/** One enrolled factor of the person. */
export interface EnrolledFactor {
  readonly id: string
  readonly factor: FactorId
  /** Too many wrong answers disabled the authenticator: it proves nothing more, and its earlier evidence counts. */
  readonly disabled?: boolean
  /** Strangers guessed too often: in an unknown browser the authenticator cannot be used before another proof. */
  readonly shutForStrangers?: boolean
  /** When the authenticator was bound (epoch milliseconds); absent or null when unknown. */
  readonly boundAt?: number | null
}

export const usableOf = (enrolled: readonly EnrolledFactor[] | null): readonly EnrolledFactor[] | null =>
  enrolled?.filter(({ disabled }) => !disabled) ?? null
