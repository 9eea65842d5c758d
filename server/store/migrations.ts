import { type Generated, type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'

/** Instants are epoch milliseconds, JSON is text: the same on SQLite and on PostgreSQL. */
export interface Tables {
  people: {
    id: string
    username: string
    name: string | null
    email: string | null
    groups: string
    attributes: string
    disabled: number
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
  }
  session_sign_ins: { sign_in: string; session: string; bound_at: number }
  attempts: { key: string; failures: number; locked_until: number; forgotten_at: number; revision: number }
}

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

/** The default under which failures were counted before they said themselves when they are forgotten. */
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

/** An index that holds nothing of rows without a value is one page less to write for each of them. */
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

/** Cards that are known by their issuer's name and their number: no card calls itself so any more (issuer-keys.ts). */
const issuerKeys: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`update authenticators set handle = 'issuer-name' || substr(handle, 12) where handle like 'certificate %'`.execute(
      db,
    )
  },
}

/** In order; a migration that has been released is never changed. */
export const migrations = {
  '001-first': first,
  '002-failures': failures,
  '003-handles': handles,
  '004-accounts': accounts,
  '005-narrow': narrow,
  '006-bound': bound,
  '012-issuer-keys': issuerKeys,
} as const satisfies Record<string, Migration>

/** Brings the schema up to date; throws when a migration fails, and leaves the rest alone. */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (error) throw error
}
