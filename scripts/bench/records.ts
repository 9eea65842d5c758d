import { randomBytes, randomUUID } from 'node:crypto'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import type { Store } from '../../server/store/store.ts'
import { client } from './relying-party.ts'

const account = 'person-0'
const signIn = 'earlier-0'

/** Writes the records of one earlier sign-in by password: opened, proven, bound to a session and issued. */
export async function recordOne({ records }: Store): Promise<void> {
  const now = Date.now()
  const common = { run: 'a nonce', account, client: client.id, policy: 'p'.repeat(43), where: null }
  const challenge = { ...common, signIn, factor: 'password', authenticator: `password of ${account}` } as const
  await records.append({ ...challenge, kind: 'opened' }, now)
  const proof = { methods: ['pwd'], proves: ['knows'] } as const
  const id = await records.append({ ...challenge, kind: 'proven', proof }, now)
  await records.bind(signIn, `session of ${signIn}`)
  const said = { rules: ['everyone'], acr: 'urn:sallyport:acr:pwd', amr: ['pwd'], evidence: [id], browser: null }
  await records.append({ ...common, ...said, kind: 'issued' }, now)
}

/** Copies the records of the one sign-in in a store's file until there are `count`, for `usernames` in turn. */
export async function copyRecords(file: string, count: number, usernames: readonly string[]): Promise<void> {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA synchronous=OFF')
  const copied = ['records', 'session_sign_ins'].map((table) => {
    const rows = database.prepare(`select * from ${table}`).all()
    const columns = Object.keys(rows[0] ?? {})
    const insert = database.prepare(
      `insert into ${table} (${columns.join()}) values (${columns.map(() => '?').join()})`,
    )
    return { rows, insert }
  })
  const rounds = Math.ceil(count / (copied[0]?.rows.length ?? 1))
  for (let at = 1; at < rounds; at++) {
    if (at % 1_000 === 1) database.exec('begin')
    const names = { [account]: usernames[at % usernames.length] ?? '', [signIn]: `earlier-${at}` }
    for (const { rows, insert } of copied)
      for (const row of rows) insert.run(...Object.entries(row).map(([name, value]) => copyOf(name, value, names)))
    if (at % 1_000 === 0 || at === rounds - 1) database.exec('commit')
    // A signal is heard between two parts.
    if (at % 1_000 === 0) await setImmediate()
  }
  database.close()
}

function copyOf(column: string, value: SQLInputValue, names: Readonly<Record<string, string>>): SQLInputValue {
  if (column === 'id') return randomUUID()
  if (typeof value !== 'string') return value
  if (column === 'run') return randomBytes(32).toString('base64url')
  return value.replaceAll(signIn, names[signIn] ?? '').replaceAll(account, names[account] ?? '')
}
