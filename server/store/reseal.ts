import { type Kysely, sql } from 'kysely'
import { type Seal, sealedWith } from '../secrets/seal.ts'
import { sealedRow } from './documents.ts'
import { lookupRow } from './lookup.ts'
import type { Tables } from './tables.ts'

/** Seals within documents: by kind of document, the seal of its member `sealed`, which is bound to kind and id. */
export type Inner = Readonly<Record<string, Seal>>

/** Rows read at once, in the order of the primary key: few, so that a running server does not wait for long. */
const atOnce = 500

/**
 * Seals every stored value with the newest key; returns the number of changed rows. A server may run meanwhile: it
 * seals the rows that it changes with the newest key itself. The key of the hash comes last: a store that opens without
 * the older keys needs them for nothing.
 */
export async function reseal(db: Kysely<Tables>, seal: Seal, inner: Inner): Promise<number> {
  let rows = 0
  for await (const { id, account, sealed } of authenticators(db)) {
    const anew = seal.renew(sealed, ['authenticators', account, id])
    if (!anew) continue
    rows += 1
    await db
      .updateTable('authenticators')
      .set({ sealed: anew })
      .where('id', '=', id)
      .where('sealed', '=', sealed)
      .execute()
  }
  for await (const { kind, id, value } of documents(db)) {
    const anew = renewed(seal, inner, kind, id, value)
    if (!anew) continue
    rows += 1
    const update = db.updateTable('documents').set({ value: anew }).where('kind', '=', kind)
    await update.where('id', '=', id).where('value', '=', value).execute()
  }
  for (const { name, sealed } of await db.selectFrom('secrets').selectAll().execute()) {
    const anew = seal.renew(sealed, lookupRow(name))
    if (anew) await db.updateTable('secrets').set({ sealed: anew }).where('name', '=', name).execute()
  }
  return rows
}

function renewed(seal: Seal, inner: Inner, kind: string, id: string, value: string): string | null {
  const within = inner[kind]
  if (!within) return seal.renew(value, sealedRow(kind, id))
  const opened = seal.open(value, sealedRow(kind, id)) as { readonly sealed: string }
  const sealed = within.renew(opened.sealed, [kind, id])
  return sealed ? seal.close({ ...opened, sealed }, sealedRow(kind, id)) : seal.renew(value, sealedRow(kind, id))
}

/** The number of rows that need each key, by key id; `null` for seals written before seals named their key. */
export async function keysInUse(db: Kysely<Tables>, seal: Seal): Promise<ReadonlyMap<string | null, number>> {
  const uses = new Map<string | null, number>()
  const count = (ids: Iterable<string | null>) => {
    for (const id of new Set(ids)) uses.set(id, (uses.get(id) ?? 0) + 1)
  }
  for await (const { sealed } of authenticators(db)) count([sealedWith(sealed)])
  for await (const { kind, id, value } of documents(db)) {
    const within = JSON.stringify(seal.open(value, sealedRow(kind, id))).matchAll(/"([\w-]{8}\.[\w-]{59,})"/g)
    count([value, ...[...within].map(([, text = '']) => text)].map(sealedWith))
  }
  for (const { sealed } of await db.selectFrom('secrets').selectAll().execute()) count([sealedWith(sealed)])
  return uses
}

async function* authenticators(db: Kysely<Tables>) {
  for (let after = ''; ; ) {
    const some = db.selectFrom('authenticators').select(['id', 'account', 'sealed']).where('id', '>', after)
    const rows = await some.orderBy('id').limit(atOnce).execute()
    yield* rows
    after = rows.at(-1)?.id ?? ''
    if (rows.length < atOnce) return
  }
}

async function* documents(db: Kysely<Tables>) {
  for (let [kind, id] = ['', '']; ; ) {
    const some = db.selectFrom('documents').select(['kind', 'id', 'value']).where('kind', '<>', 'probe')
    const later = some.where(sql<boolean>`(kind, id) > (${kind}, ${id})`)
    const rows = await later.orderBy('kind').orderBy('id').limit(atOnce).execute()
    yield* rows
    const last = rows.at(-1)
    ;[kind, id] = [last?.kind ?? '', last?.id ?? '']
    if (rows.length < atOnce) return
  }
}
