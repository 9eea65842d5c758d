import type { AuthorizationRequest } from '../../authorization-request.ts'
import { type Outcome, type Party, type PolicyPerson, type Setting, simulate } from './simulate.ts'

/** A request of one relying party, with a named place and time. */
export interface Visit {
  readonly party: Party
  readonly ask: AuthorizationRequest
  /** The acr values that the request itself names, without the client's defaults. */
  readonly acrValues: readonly string[]
  readonly from: string | null
  readonly setting: Setting
}

/** The outcome of one person's sign-in for one visit. */
export interface Cell {
  readonly person: string
  readonly client: string
  readonly acrValues: readonly string[]
  readonly from: string | null
  readonly outcome: Outcome
}

/** A cell of two matrices; null on the side where the cell does not exist. */
export interface Change extends Omit<Cell, 'outcome'> {
  readonly before: Outcome | null
  readonly after: Outcome | null
}

/** The outcome of every person's sign-in for every visit. */
export const matrixOf = (people: readonly PolicyPerson[], visits: readonly Visit[]): readonly Cell[] =>
  people.flatMap((person) =>
    visits.map(({ party, ask: request, acrValues, from, setting }) => ({
      person: person.name,
      client: party.id,
      acrValues,
      from,
      outcome: simulate(party, request, person, setting),
    })),
  )

const keyOf = ({ person, client, acrValues, from }: Omit<Cell, 'outcome'>) =>
  JSON.stringify([person, client, acrValues, from])

/** The cells of two matrices, in the order of the second matrix. */
export function compared(before: readonly Cell[], after: readonly Cell[]): readonly Change[] {
  const was = new Map(before.map((cell) => [keyOf(cell), cell]))
  const is = new Map(after.map((cell) => [keyOf(cell), cell]))
  return [...new Map([...is, ...was])].map(([key, { outcome: _, ...where }]) => ({
    ...where,
    before: was.get(key)?.outcome ?? null,
    after: is.get(key)?.outcome ?? null,
  }))
}

/** Whether a cell differs. */
export const isChanged = ({ before, after }: Change): boolean => JSON.stringify(before) !== JSON.stringify(after)
