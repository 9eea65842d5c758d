import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** The instants (epoch milliseconds) before which data is deleted. */
export interface Sweep {
  /** For expiries of documents, of counts of attempts, and of records of sign-ins in which nothing was proven. */
  readonly expired: number
  /** For the writing of records. */
  readonly records: number
  /** For the network addresses in records. */
  readonly addresses: number
}

/** Rows in one statement; requests go on in between. */
const batch = 1000

/** Deletes everything whose time is over. */
export async function sweep(db: Kysely<Tables>, { expired, records, addresses }: Sweep): Promise<void> {
  await db.deleteFrom('documents').where('expires_at', '<', expired).execute()
  await db.deleteFrom('attempts').where('forgotten_at', '<', expired).execute()
  const ids = db.selectFrom('records').select('id').limit(batch)
  await inBatches(() => db.deleteFrom('records').where('id', 'in', ids.where('pending_until', '<', expired)))
  await inBatches(() => db.deleteFrom('records').where('id', 'in', ids.where('at', '<', records)))
  await inBatches(() =>
    db
      .updateTable('records')
      .set({ address: null })
      .where('id', 'in', ids.where('address', 'is not', null).where('at', '<', addresses)),
  )
  await db.deleteFrom('session_sign_ins').where('bound_at', '<', records).execute()
}

interface Statement {
  executeTakeFirst(): Promise<{ readonly numDeletedRows?: bigint; readonly numUpdatedRows?: bigint } | undefined>
}
async function inBatches(statement: () => Statement): Promise<void> {
  for (;;) {
    const { numDeletedRows = 0n, numUpdatedRows = 0n } = (await statement().executeTakeFirst()) ?? {}
    if (numDeletedRows + numUpdatedRows < batch) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}
