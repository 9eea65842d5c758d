import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { Seal } from '../secrets/seal.ts'
import { consentsByApi, type ScopePlaces } from './consents-by-api.ts'
import { digestOf } from './records.ts'
import { rehash } from './rehash.ts'
import type { Tables } from './tables.ts'

const first: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema
      .createTable('people')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('username', 'text', (c) => c.notNull())
      .addColumn('name', 'text')
      .addColumn('email', 'text')
      .addColumn('groups', 'text', (c) => c.notNull())
      .execute()
    await schema
      .createTable('person_names')
      .addColumn('name', 'text', (c) => c.primaryKey())
      .addColumn('person', 'text', (c) => c.notNull().references('people.id').onDelete('cascade'))
      .execute()
    await schema
      .createTable('authenticators')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('account', 'text', (c) => c.notNull().references('people.id').onDelete('cascade'))
      .addColumn('factor', 'text', (c) => c.notNull())
      .addColumn('label', 'text', (c) => c.notNull())
      .addColumn('sealed', 'text', (c) => c.notNull())
      .addColumn('revision', 'integer', (c) => c.notNull())
      .addUniqueConstraint('authenticators_label', ['account', 'factor', 'label'])
      .execute()
    await schema
      .createTable('documents')
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('id', 'text', (c) => c.notNull())
      .addColumn('value', 'text', (c) => c.notNull())
      .addColumn('revision', 'integer', (c) => c.notNull())
      .addColumn('expires_at', 'bigint', (c) => c.notNull())
      .addColumn('consumed_at', 'bigint')
      .addColumn('uid', 'text')
      .addColumn('grant_id', 'text')
      .addPrimaryKeyConstraint('documents_key', ['kind', 'id'])
      .execute()
    await schema.createIndex('documents_uid').on('documents').columns(['kind', 'uid']).execute()
    await schema.createIndex('documents_grant').on('documents').columns(['kind', 'grant_id']).execute()
    await schema.createIndex('documents_expiry').on('documents').column('expires_at').execute()
    await schema
      .createTable('records')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('sign_in', 'text')
      .addColumn('account', 'text')
      .addColumn('client', 'text')
      .addColumn('run', 'text')
      .addColumn('body', 'text', (c) => c.notNull())
      .execute()
    await schema.createIndex('records_sign_in').on('records').column('sign_in').execute()
    await schema.createIndex('records_run').on('records').columns(['client', 'run']).execute()
    await schema
      .createTable('session_sign_ins')
      .addColumn('sign_in', 'text', (c) => c.primaryKey())
      .addColumn('session', 'text', (c) => c.notNull())
      .addColumn('bound_at', 'bigint', (c) => c.notNull())
      .execute()
    await schema.createIndex('session_sign_ins_session').on('session_sign_ins').column('session').execute()
    await schema
      .createTable('attempts')
      .addColumn('key', 'text', (c) => c.primaryKey())
      .addColumn('failures', 'integer', (c) => c.notNull())
      .addColumn('locked_until', 'bigint', (c) => c.notNull())
      .addColumn('last_at', 'bigint', (c) => c.notNull())
      .addColumn('revision', 'integer', (c) => c.notNull())
      .execute()
  },
}

/** The time until old failures are forgotten: the default before rows had their own `forgotten_at`. */
const halfADayMs = 12 * 3_600_000

const failures: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema
      .alterTable('authenticators')
      .addColumn('failures', 'integer', (c) => c.notNull().defaultTo(0))
      .execute()
    await schema.alterTable('authenticators').addColumn('last_used_at', 'bigint').execute()
    await schema.alterTable('attempts').renameColumn('last_at', 'forgotten_at').execute()
    await sql`update attempts set forgotten_at = forgotten_at + ${halfADayMs}`.execute(db)
    await schema.createIndex('attempts_forgotten').on('attempts').column('forgotten_at').execute()
  },
}

const handles: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema.alterTable('authenticators').addColumn('handle', 'text').execute()
    const index = schema.createIndex('authenticators_handle').unique().on('authenticators')
    await index.columns(['factor', 'handle']).execute()
  },
}

const accounts: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    const people = () => schema.alterTable('people')
    await people()
      .addColumn('attributes', 'text', (c) => c.notNull().defaultTo('{}'))
      .execute()
    await people()
      .addColumn('disabled', 'integer', (c) => c.notNull().defaultTo(0))
      .execute()
    await schema.alterTable('documents').addColumn('account', 'text').execute()
    await schema.createIndex('documents_account').on('documents').columns(['account', 'kind']).execute()
  },
}

/** Partial indexes: a row without a value costs no write to them. */
const narrow: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    const indexes = {
      documents_uid: ['documents', ['kind', 'uid'], 'uid'],
      documents_grant: ['documents', ['kind', 'grant_id'], 'grant_id'],
      documents_account: ['documents', ['account', 'kind'], 'account'],
      records_run: ['records', ['client', 'run'], 'run'],
    } as const
    for (const [name, [table, columns, value]] of Object.entries(indexes)) {
      await schema.dropIndex(name).execute()
      const index = schema
        .createIndex(name)
        .on(table)
        .columns([...columns])
      await index.where(sql.ref(value), 'is not', null).execute()
    }
  },
}

const bound: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('authenticators').addColumn('bound_at', 'bigint').execute()
  },
}

/** Renames handles of an issuer's name and a serial number: no card has such a handle any more (issuer-keys.ts). */
const issuerKeys: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`update authenticators set handle = 'issuer-name' || substr(handle, 12) where handle like 'certificate %'`.execute(
      db,
    )
  },
}

const ends: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('people').addColumn('not_before', 'bigint').execute()
    await db.schema
      .alterTable('authenticators')
      .addColumn('failures_after_proof', 'integer', (c) => c.notNull().defaultTo(0))
      .execute()
    // Old failures may belong to either count; counting them in both is the stricter reading.
    await sql`update authenticators set failures_after_proof = failures`.execute(db)
  },
}

/** Moves a record's network address out of its body, to be deleted earlier, and replaces nonces by digests. */
const retention: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema.alterTable('records').addColumn('address', 'text').execute()
    await schema.alterTable('records').addColumn('pending_until', 'bigint').execute()
    await sql`update records set address = json_extract(body, '$.where'), body = json_remove(body, '$.where')
      where json_extract(body, '$.where') is not null`.execute(db)
    const tables = db as Kysely<Tables>
    const runs = tables.selectFrom('records').select(['client', 'run']).distinct().where('run', 'is not', null)
    for (const { client, run } of await runs.execute()) {
      const digest = { run: digestOf(run ?? ''), body: sql<string>`json_remove(body, '$.run')` }
      await tables.updateTable('records').set(digest).where('client', '=', client).where('run', '=', run).execute()
    }
    const records = (name: string, column: string) => schema.createIndex(name).on('records').column(column)
    await records('records_at', 'at').execute()
    await records('records_address', 'at').where(sql.ref('address'), 'is not', null).execute()
    await records('records_pending', 'pending_until').where(sql.ref('pending_until'), 'is not', null).execute()
    await schema.createIndex('session_sign_ins_bound').on('session_sign_ins').column('bound_at').execute()
  },
}

/** The migrations in order; a released migration is never changed. */
export const migrations = {
  '001-first': first,
  '002-failures': failures,
  '003-handles': handles,
  '004-accounts': accounts,
  '005-narrow': narrow,
  '006-bound': bound,
  '007-ends': ends,
  '012-issuer-keys': issuerKeys,
} as const satisfies Record<string, Migration>

/** Brings the schema up to date; throws when a migration fails, and leaves the rest alone. */
export async function migrate(db: Kysely<Tables>, seal: Seal, places: ScopePlaces): Promise<void> {
  const all = {
    ...migrations,
    '008-consents': consentsByApi(places),
    '009-hashed': rehash(seal),
    '010-retention': retention,
  }
  const migrator = new Migrator({ db, provider: { getMigrations: async () => all } })
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error) throw error
  await forgetOldPages(db, results[0]?.migrationName === '001-first')
}

/**
 * Rewrites the file, because values from before hashing stay readable in free pages and in the WAL until then. VACUUM
 * cannot be part of a migration: `user_version` becomes 1 afterwards, so that the start after an interrupted one
 * repeats the rewriting.
 */
async function forgetOldPages(db: Kysely<Tables>, isNew: boolean): Promise<void> {
  const { rows } = await sql<{ user_version: number }>`pragma user_version`.execute(db)
  if (rows[0]?.user_version !== 0) return
  if (!isNew) {
    await sql`vacuum`.execute(db)
    await sql`pragma wal_checkpoint(truncate)`.execute(db)
  }
  await sql`pragma user_version = 1`.execute(db)
}
