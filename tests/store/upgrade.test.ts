import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import * as oidc from 'openid-client'
import { expect, test } from 'vitest'
import { keysFor } from '#server/secrets/keys.ts'
import { sealWith } from '#server/secrets/seal.ts'
import { evidenceKey } from '#server/sign-in/state.ts'
import { lookupIn } from '#server/store/lookup.ts'
import { connect, openDatabase } from '#server/store/sqlite.ts'
import type { Store } from '#server/store/store.ts'
import { Browser, viewIn } from '../browser.ts'
import { ada } from '../people/people.ts'
import { answerOf, arrive, ask, identify, provenBy, redeem, signIn, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'
import { withoutRetention } from './old-schema.ts'
import { sealedAsBefore } from './old-seal.ts'

// A store of before its documents were hashed (decision 27), and before seals named their keys (decision 28).

const server = await serverForAll()
const file = join(server.dataFolder, 'sallyport.sqlite')
const [key] = (await keysFor({ keys: null }, server.dataFolder, new URL(server.issuer), new Date())).storage.reveal()
const seal = sealWith([key])

/** Every document that is written from now on, by kind and id. */
const written: [kind: string, id: string][] = []
function watch(store: Store): void {
  const { documents, transaction } = store
  const { put, add } = documents
  const note =
    <R>(write: (...given: Parameters<typeof put>) => R) =>
    (...given: Parameters<typeof put>) => {
      written.push([given[0], given[1]])
      return write(...given)
    }
  Object.assign(documents, { put: note(put), add: note(add) })
  const watched: Store['transaction'] = (work) =>
    transaction((inside) => {
      watch(inside)
      return work(inside)
    })
  Object.assign(store, { transaction: watched })
}
watch(server.app.context.store)

/** Writes the store as version 0.1 did; sign-ins were bound to no browser then, and one of them is written so. */
async function downgrade(unbound: string, nonce: string): Promise<void> {
  const tables = connect(openDatabase(file))
  const lookup = await lookupIn(tables, seal)
  await tables.destroy()
  const idOf = new Map(written.map(([kind, id]) => [lookup(kind, id), id]))
  const raw = new DatabaseSync(file)
  const all = (sql: string) => raw.prepare(sql).all() as Record<string, string>[]
  const run = (sql: string, ...values: (string | null)[]) => void raw.prepare(sql).run(...values)
  for (const { id = '', account = '', sealed = '' } of all('SELECT * FROM authenticators')) {
    const row = ['authenticators', account, id]
    run('UPDATE authenticators SET sealed = ? WHERE id = ?', sealedAsBefore(key, seal.open(sealed, row), row), id)
  }
  const documents = all("SELECT * FROM documents WHERE kind <> 'probe'").map(({ kind = '', id = '', value = '' }) => {
    const opened = seal.open(value, ['documents', kind, id]) as Record<string, unknown>
    return { kind, hashed: id, id: idOf.get(id) ?? '', opened }
  })
  const names = documents.flatMap(({ kind, id, opened }) =>
    kind === 'SignIn'
      ? [{ before: `${id}.${opened.round}`, after: evidenceKey(id, { round: String(opened.round) }) }]
      : [],
  )
  const renamed = (text: string) => names.reduce((all, { before, after }) => all.replaceAll(after, before), text)
  for (const { kind, hashed, id, opened } of documents) {
    const bound =
      kind === 'Interaction' && id === unbound
        ? { ...opened, prompt: { name: 'login', reasons: [], details: {} } }
        : opened
    const value = renamed(JSON.stringify({ ...bound, ...('kind' in opened ? { jti: id } : {}) }))
    run('UPDATE documents SET id = ?, value = ? WHERE kind = ? AND id = ?', id, value, kind, hashed)
  }
  for (const { id = '', sign_in = null, body = '' } of all('SELECT * FROM records'))
    run('UPDATE records SET sign_in = ?, body = ? WHERE id = ?', sign_in && renamed(sign_in), renamed(body), id)
  for (const { sign_in = '' } of all('SELECT sign_in FROM session_sign_ins'))
    run('UPDATE session_sign_ins SET sign_in = ? WHERE sign_in = ?', renamed(sign_in), sign_in)
  raw.exec(
    `${withoutRetention} DROP TABLE secrets; DELETE FROM kysely_migration WHERE name >= '008'; PRAGMA user_version=0`,
  )
  const digest = createHash('sha256').update(nonce).digest('base64url')
  run("UPDATE records SET run = ?, body = json_set(body, '$.run', ?) WHERE run = ?", nonce, nonce, digest)
  raw.close()
}

test('everything that was under way goes on, and what the store held in clear is in it no more', async () => {
  const known = new Browser()
  const asked = await ask(server, 'lighthouse')
  const tokens = await redeem(asked, await signIn(known, asked, ada))
  // One is answered and not taken back to its client, the other is at its first step, the third has a code.
  const finished = new Browser()
  const askedThen = await ask(server)
  const at = await arrive(finished, askedThen)
  const named = await identify(finished, at.page, at.view, ada.username)
  const done = await viewIn(await finished.post(`${at.page}/answer`, answerOf(named, ada.password)))
  if (done.at !== 'done') throw new Error(done.at)
  const begun = new Browser()
  const askedHere = await ask(server)
  const here = await arrive(begun, askedHere)
  const open = await identify(begun, here.page, here.view, ada.username)
  await begun.post(`${here.page}/answer`, answerOf(open, 'a wrong password'))
  const askedLast = await ask(server, 'lighthouse')
  const code = (await known.follow(askedLast.url)).url

  const older = new Browser()
  const unbound = await arrive(older, await ask(server))

  const nonce = askedHere.checks.expectedNonce ?? ''
  await downgrade(unbound.view.uid, nonce)
  const cookie = /sallyport_session=([^;]+)/.exec((await known.jar.getCookieString(server.issuer)) ?? '')?.[1] ?? ''
  const bearers = [cookie, here.view.uid, tokens.refresh_token, tokens.access_token, nonce].map(String)
  const inFiles = () => [file, `${file}-wal`].map((name) => readFileSync(name))
  for (const one of bearers) expect(inFiles().some((bytes) => bytes.includes(one))).toBe(true)
  await server.restart()
  // Not within the seals either: the storage key gives none of them back.
  const upgraded = new DatabaseSync(file)
  const rows = upgraded.prepare("SELECT * FROM documents WHERE kind <> 'probe'").all() as Record<string, string>[]
  upgraded.close()
  const opened = rows.map(({ kind = '', id = '', value = '' }) => seal.open(value, ['documents', kind, id]))
  const isSaid = (one: string) =>
    opened.some((value) => Object.values(value as object).some((member) => member === one || member?.cookie === one))
  expect(bearers.filter(isSaid)).toEqual([])
  for (const one of bearers) expect([one, inFiles().some((bytes) => bytes.includes(one))]).toEqual([one, false])

  expect((await redeem(askedLast, code)).id_token).toBeTruthy()
  const again = await ask(server, 'harbour', { prompt: 'none' })
  expect((await redeem(again, (await known.follow(again.url)).url)).claims()?.sub).toBe(tokens.claims()?.sub)
  expect((await oidc.fetchUserInfo(asked.config, tokens.access_token, tokens.claims()?.sub ?? '')).sub).toBeTruthy()
  const refreshed = await oidc.refreshTokenGrant(asked.config, tokens.refresh_token ?? '')
  expect(refreshed.claims()?.amr).toEqual(['pwd'])
  expect((await redeem(askedThen, (await finished.follow(done.goTo)).url)).claims()?.amr).toEqual(['pwd'])
  // Whose browser it is cannot be told any more: that one begins anew.
  expect(await viewIn(await older.get(unbound.page))).toMatchObject({ at: 'over', why: 'expired' })
  const view = await underWayIn(await begun.get(`${here.page}/view`))
  expect(view).toMatchObject({ at: 'answer', refusal: { code: 'wrong-password' } })
  const last = await viewIn(await begun.post(`${here.page}/answer`, answerOf(view, ada.password)))
  if (last.at !== 'done') throw new Error(last.at)
  expect(await provenBy(server, here.view)).toMatchObject([{ factor: 'password' }])
  const ofRun = await server.app.context.store.records.ofRun('harbour', nonce)
  expect(ofRun.map(({ kind }) => kind)).toEqual(['opened', 'refused', 'proven'])
  expect(JSON.stringify(ofRun)).not.toContain(nonce)
  expect((await redeem(askedHere, (await begun.follow(last.goTo)).url)).claims()?.amr).toEqual(['pwd'])
})

test('an upgrade that was cut off before the file was written anew has it written at the next start', async () => {
  const bearer = 'a refresh token of before, in a page that is free'
  const raw = new DatabaseSync(file)
  raw.exec(`CREATE TABLE before (id TEXT); INSERT INTO before VALUES ('${bearer}'); DROP TABLE before`)
  raw.exec('PRAGMA user_version=0; PRAGMA wal_checkpoint(TRUNCATE)')
  raw.close()
  const isThere = () => [file, `${file}-wal`].some((name) => existsSync(name) && readFileSync(name).includes(bearer))
  expect(isThere()).toBe(true)
  await server.restart()
  expect(isThere()).toBe(false)
})
