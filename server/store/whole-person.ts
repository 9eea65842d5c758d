import type { Kysely, Selectable } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/sqlite'
import type { BuiltFactor } from '#shared/factors/index.ts'
import { runnerOf } from './kysely-dialect.ts'
import { preparedQuery } from './prepared.ts'
import type { Authenticator, Person } from './store.ts'
import type { Tables } from './tables.ts'

/** A person, and their authenticators without the secrets, by id. */
interface WholePerson {
  readonly person: Person
  readonly authenticators: readonly Omit<Authenticator, 'credential'>[]
}

/** The columns of an authenticator without its secret. */
export const metadata = [
  'id',
  'account',
  'factor',
  'label',
  'handle',
  'revision',
  'failures',
  'failures_after_proof',
  'last_used_at',
  'bound_at',
] as const

/**
 * One row a person, with the authenticators as JSON: SQLite takes a third of a join's time for it.
 */
const get = preparedQuery(['id'], (db, { id }) =>
  db
    .selectFrom('people')
    .selectAll()
    .select((of) =>
      jsonArrayFrom(
        of.selectFrom('authenticators').select(metadata).whereRef('authenticators.account', '=', 'people.id'),
      ).as('authenticators'),
    )
    .where('id', '=', id),
)

export const personIn = ({
  groups,
  attributes,
  disabled,
  not_before: notBefore,
  ...row
}: Selectable<Tables['people']>): Person => ({
  ...row,
  notBefore,
  groups: JSON.parse(groups),
  attributes: JSON.parse(attributes),
  disabled: disabled === 1,
})

type Described = Pick<Selectable<Tables['authenticators']>, (typeof metadata)[number]>
export function describedBy(row: Described) {
  const { id, account, label, handle, revision, failures } = row
  const { factor, failures_after_proof: failuresAfterProof, last_used_at: lastUsedAt, bound_at: boundAt } = row
  const rest = { factor: factor as BuiltFactor, failuresAfterProof, lastUsedAt, boundAt }
  return { id, account, label, handle, revision, failures, ...rest }
}

/** Reads a person with their authenticators, since whoever asks for one asks for the others next; null for nobody. */
export function wholePersonIn(db: Kysely<Tables>): (id: string) => Promise<WholePerson | null> {
  const { once } = runnerOf(db)
  return (id) =>
    once(['people', 'authenticators'], id, async () => {
      const { rows } = await get(db, { id })
      const [first] = rows
      if (!first) return null
      const { authenticators, ...person } = first
      const described: readonly Described[] = JSON.parse(String(authenticators))
      const inOrder = [...described].sort((one, other) => (one.id < other.id ? -1 : 1))
      return { person: personIn(person), authenticators: inOrder.map(describedBy) }
    })
}
