import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { z } from 'zod'
import type { ApiScopes, Consent } from '#shared/consent.ts'

/** The configured scopes: the meanings that a scope without an API can have had for the person who allowed it. */
export interface ScopePlaces {
  /** Scopes of OpenID Connect and the operator's own. */
  readonly scopes: readonly string[]
  readonly apis: readonly ApiScopes[]
}

interface Tables {
  documents: { kind: string; id: string; value: string }
}

const before = z.strictObject({ scopes: z.array(z.string()) })

/** A consent that names no API, reduced to the scopes with only one possible meaning. */
export function placed(names: readonly string[], { scopes, apis }: ScopePlaces): Consent {
  const certain = names.filter(
    (name) => apis.filter((api) => api.scopes.includes(name)).length + (scopes.includes(name) ? 1 : 0) === 1,
  )
  return {
    scopes: certain.filter((name) => scopes.includes(name)),
    apis: apis
      .map(({ resource, scopes }) => ({ resource, scopes: certain.filter((name) => scopes.includes(name)) }))
      .filter((api) => api.scopes.length > 0),
  }
}

/**
 * Migration: a consent to a scope was a consent at every API with a scope of that name. Each consent gets its APIs
 * once, by the configuration of the first start after the upgrade; an ambiguous scope is asked again.
 */
export const consentsByApi = (places: ScopePlaces): Migration => ({
  async up(db: Kysely<unknown>) {
    const tables = db as Kysely<Tables>
    const rows = await tables.selectFrom('documents').select(['id', 'value']).where('kind', '=', 'Consent').execute()
    for (const { id, value } of rows) {
      const found = before.safeParse(JSON.parse(value))
      if (!found.success) continue
      // The id still names person and client; the next migration hashes it.
      const [, client] = JSON.parse(id) as [string, string]
      const consent = JSON.stringify({ client, ...placed(found.data.scopes, places) })
      await tables
        .updateTable('documents')
        .set({ value: consent })
        .where('kind', '=', 'Consent')
        .where('id', '=', id)
        .execute()
    }
  },
})
