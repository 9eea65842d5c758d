import { createPrivateKey, createPublicKey } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Cookie } from 'tough-cookie'
import { SoftPasskey } from '../authenticator.ts'
import { storeOf } from '../locker.ts'
import type { TestServer } from '../test-server.ts'
import { since } from './mapping.ts'
import type { Witness } from './tape.ts'
import { Visit, type Walker } from './walker.ts'

// A data folder and the browsers of a house of before: stored-before.sql is its store, stored-before.json all the rest.

const sqlFile = new URL('stored-before.sql', import.meta.url)
const jsonFile = new URL('stored-before.json', import.meta.url)

/** A browser, and the sign-in that it had open: its path, and what it was shown. */
export interface OpenedBefore {
  readonly cookies: readonly unknown[]
  readonly path: string
  readonly view: unknown
}
export interface Before {
  /** What the clock said (epoch milliseconds). */
  readonly at: number
  /** Of the data folder, in base64. */
  readonly files: Readonly<Record<string, string>>
  readonly opened: Readonly<Record<string, OpenedBefore>>
  readonly passkey: { readonly id: string; readonly key: string; readonly userHandle: string }
  /** What people and relying parties were told. */
  readonly known: Readonly<Record<string, string>>
}

export const before = (): Before => JSON.parse(readFileSync(jsonFile, 'utf8'))

/** Puts the store and the keys of before into a data folder; the name of the store's file. */
export function putBack({ dataFolder }: TestServer, { files }: Before): string {
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(dataFolder, name)), { recursive: true })
    writeFileSync(join(dataFolder, name), Buffer.from(bytes, 'base64'), { mode: 0o600 })
  }
  const name = 'before.sqlite'
  const database = new DatabaseSync(join(dataFolder, name), { enableForeignKeyConstraints: false })
  database.exec(readFileSync(sqlFile, 'utf8'))
  database.close()
  return name
}

/** Goes on with what a browser of before had open. */
export async function goOn(walker: Walker, { cookies, path, view }: OpenedBefore): Promise<Visit> {
  const browser = walker.browser()
  for (const one of cookies) {
    const cookie = Cookie.fromJSON(one)
    if (cookie) await browser.jar.setCookie(cookie, `${walker.house.issuer}${cookie.path}`)
  }
  return new Visit(walker, browser, `${walker.house.issuer}${path}`, since(view))
}

export function passkeyOf({ issuer }: TestServer, { passkey: { id, key, userHandle } }: Before): SoftPasskey {
  const privateKey = createPrivateKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs8' })
  const passkey = new SoftPasskey({ origin: issuer, id, key: { privateKey, publicKey: createPublicKey(privateKey) } })
  passkey.userHandle = userHandle
  return passkey
}

const literal = (value: unknown) =>
  value === null ? 'NULL' : typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)

/** A store as SQL, table by table. */
function dumpOf(file: string): string {
  const database = new DatabaseSync(file, { readOnly: true })
  const all = (sql: string) => database.prepare(sql).all() as Record<string, unknown>[]
  const made = all("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
  const tables = made.filter(({ type }) => type === 'table')
  const lines = [
    `PRAGMA user_version=${all('PRAGMA user_version')[0]?.user_version};`,
    ...tables.map(({ sql }) => `${sql};`),
    ...tables.flatMap(({ name }) =>
      all(`SELECT * FROM "${name}"`).map(
        (row) => `INSERT INTO "${name}" VALUES (${Object.values(row).map(literal).join(', ')});`,
      ),
    ),
    ...made.filter(({ type }) => type !== 'table').map(({ sql }) => `${sql};`),
  ]
  database.close()
  return `${lines.join('\n')}\n`
}

const opened = async ({ browser, url, view }: Visit): Promise<OpenedBefore> => ({
  cookies: await cookiesOf(browser),
  path: new URL(url).pathname,
  view,
})
const cookiesOf = async ({ jar }: Witness) => (await jar.serialize()).cookies

/** Writes a house down as it is now, and whoever is under way in it. */
export async function writeDown(
  server: TestServer,
  visits: Readonly<Record<string, Visit>>,
  passkey: SoftPasskey,
  known: Readonly<Record<string, string>>,
): Promise<void> {
  if (process.env.CI) throw new Error('A store is written down by a person who knows why.')
  const names = readdirSync(server.dataFolder, { recursive: true, encoding: 'utf8' })
  const kept = names.filter((name) =>
    /^(storage\.key|signing\.jwks\.json|cards\/(authority|host|cards|.*-good)\.\w+)$/.test(name),
  )
  const files = kept.map((name) => [name, readFileSync(join(server.dataFolder, name)).toString('base64')])
  const under = Object.entries(visits).map(async ([name, visit]) => [name, await opened(visit)])
  const { credentialId: _, privateKey: key } = passkey.exported
  const all: Before = {
    at: Date.now(),
    files: Object.fromEntries(files),
    opened: Object.fromEntries(await Promise.all(under)),
    passkey: { id: passkey.id, key, userHandle: passkey.userHandle ?? '' },
    known,
  }
  writeFileSync(jsonFile, `${JSON.stringify(all, null, 1)}\n`)
  writeFileSync(sqlFile, dumpOf(storeOf(server)))
}
