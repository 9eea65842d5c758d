import type { Generated } from 'kysely'

/** The tables. Instants are epoch milliseconds, JSON is text: the same on SQLite and on PostgreSQL. */
export interface Tables {
  people: {
    id: string
    username: string
    name: string | null
    email: string | null
    groups: string
    attributes: string
    disabled: number
    not_before: Generated<number | null>
  }
  person_names: { name: string; person: string }
  authenticators: {
    id: string
    account: string
    factor: string
    label: string
    handle: string | null
    sealed: string
    revision: number
    failures: Generated<number>
    failures_after_proof: Generated<number>
    last_used_at: number | null
    bound_at: number | null
  }
  documents: {
    kind: string
    id: string
    value: string
    revision: number
    expires_at: number
    consumed_at: number | null
    uid: string | null
    grant_id: string | null
    account: string | null
  }
  records: {
    id: string
    at: number
    kind: string
    sign_in: string | null
    account: string | null
    client: string | null
    run: string | null
    body: string
    address: Generated<string | null>
    pending_until: Generated<number | null>
  }
  session_sign_ins: { sign_in: string; session: string; bound_at: number }
  /** Secrets that the store made for itself, sealed, by name. */
  secrets: { name: string; sealed: string }
  attempts: { key: string; failures: number; locked_until: number; forgotten_at: number; revision: number }
}
