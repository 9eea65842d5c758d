import type { StatementSync } from 'node:sqlite'
import type { CachedTable } from './turn-cache.ts'

type BoundValue = Parameters<StatementSync['all']>[1]

/** A statement with its values, ready to run. */
export interface Statement {
  readonly sql: string
  readonly parameters: readonly unknown[]
  /** `alone`: a statement that is no row's, such as a change of the schema; it is never part of a group. */
  readonly kind: 'read' | 'write' | 'alone'
  /** Whether a power loss may undo the commit (the end of the process never does); durable otherwise. */
  readonly forgettable?: boolean
  /** What it writes, where that is less than a table: see {@link TurnCache}. */
  readonly writes?: CachedTable
  /** Whether the same SQL will run again with other values, and so stays prepared. */
  readonly again?: boolean
}
export interface Ran<Row> {
  readonly rows: Row[]
  readonly changes: number
}

/** A row by its columns. */
export type Row = Readonly<Record<string, string | number | null>>

export type Enqueued = { readonly forgettable: boolean; readonly writes: CachedTable }

/** Writes of one table that several writers have no answer to, and that are carried out as one statement. */
export interface Queue {
  /** The table's name in quotes, as statements have it. */
  readonly table: string
  /** Queues a row, by its columns. */
  add(row: Row): void
  /** Takes what is queued, as statements. */
  take(): readonly Statement[]
  /** Forgets what is queued: its group is lost. */
  drop(): void
}

/** How a transaction ends: see {@link Connection.transaction}. */
export interface TransactionOptions {
  /** The commit is not synced, but the answer of the request waits for a later one that is. */
  readonly syncedWithAnswer?: boolean
  /** The commit is the one of the request's answer, and nothing waits for it before that. */
  readonly committedWithAnswer?: boolean
}

/** A write of one row that always changes something: SQLite syncs nothing for an update to the same values. */
export const probe: Statement = {
  sql: `insert into "documents" ("kind", "id", "value", "expires_at", "revision") values ('probe', 'ready', '{}', 0, 0)
    on conflict do update set "revision" = "revision" + 1`,
  parameters: [],
  kind: 'write',
  again: true,
}

/** The values as node:sqlite takes them: it would bind an object in first place by name, and `undefined` as NULL. */
export function boundValuesOf({ sql, parameters }: Pick<Statement, 'sql' | 'parameters'>): BoundValue[] {
  for (const one of parameters)
    if (one !== null && typeof one !== 'string' && !Number.isSafeInteger(one) && !(one instanceof Uint8Array))
      throw new TypeError(`${typeof one} cannot be stored (${sql.slice(0, 60)}).`)
  return parameters as BoundValue[]
}
