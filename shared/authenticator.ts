import type { FactorId } from './factors/table.ts'

/** One enrolled factor of the person. */
export interface EnrolledFactor {
  readonly id: string
  readonly factor: FactorId
  /** Guessed at too often: it proves nothing more, and what it proved before counts. */
  readonly disabled?: boolean
  /** Guessed at too often by strangers: in their browsers it proves nothing before something else is proven. */
  readonly shutForStrangers?: boolean
  /** When it was bound (epoch milliseconds); left out or null where nobody knows. */
  readonly boundAt?: number | null
}

export const usableOf = (enrolled: readonly EnrolledFactor[] | null): readonly EnrolledFactor[] | null =>
  enrolled?.filter(({ disabled }) => !disabled) ?? null
