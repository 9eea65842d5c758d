/**
 * What one source says about one certificate. `undecided`: it speaks of the certificate and leaves its status open, so that
 * nobody may take it for good, also where an unreachable source would be let pass. Null: it says nothing about it.
 */
export interface Opinion {
  readonly status: 'good' | 'revoked' | 'undecided' | null
  /** For the log: which source, and what is wrong with what it says; empty where nothing is. */
  readonly detail: string
}
export type Status = Opinion['status']

const gravity: readonly Status[] = ['revoked', 'good', 'undecided']

/** Revoked when anybody says so; good when anybody does, and nobody says revoked. */
export const mostGrave = (statuses: readonly Status[]): Status => gravity.find((one) => statuses.includes(one)) ?? null
