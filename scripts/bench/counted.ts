/** What a measured server has done since its start. */
export interface Counted {
  /** CPU of all threads, user and system. */
  readonly cpuMs: number
  /** Resident memory now. */
  readonly rssMiB: number
  /** Passwords that were hashed or verified, counted where the hash is taken out. */
  readonly hashes: number
  /** Statements that ran, `begin` and `commit` among them; PRAGMAs apart. */
  readonly statements: number
  readonly pragmas: number
  /** Commits that changed rows, and those of them that are synced (`synchronous` is FULL). */
  readonly commits: number
  readonly durableCommits: number
}
