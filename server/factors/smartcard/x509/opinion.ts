/**
 * The status of one certificate by the word of one source. `undecided`: the source covers the certificate and leaves
 * the status open, so the certificate must not pass as good, not even where an unreachable source would be let pass.
 * Null: the source says nothing about the certificate.
 */
export interface Opinion {
  readonly status: 'good' | 'revoked' | 'undecided' | null
  /** For the log: the source and its fault; empty without a fault. */
  readonly detail: string
}
export type Status = Opinion['status']

const gravity: readonly Status[] = ['revoked', 'good', 'undecided']

/** The status of several sources together: revoked when any says so, else good when any does. */
export const mostGrave = (statuses: readonly Status[]): Status => gravity.find((one) => statuses.includes(one)) ?? null
