import { z } from 'zod'
import { type Cell, compared, matrixOf, type Visit } from '#shared/policy/tools/matrix.ts'
import type { Party, PolicyPerson } from '#shared/policy/tools/simulate.ts'
import type { Rulebook } from '../config/rulebook.ts'
import { address, askWith, circumstances, partyNamed, personNamed, settingFor, who } from './question.ts'

/** The axes of a matrix; everybody, and every client, where none is named. */
export const axes = z.strictObject({
  people: z.array(who).default([]),
  clients: z.array(z.string()).default([]),
  acr_values: z.array(z.string()).default([]).describe('Each is one request; without any, one that asks for nothing'),
  from: z.array(address).default([]).describe('From each of these network addresses; without any, from an unknown one'),
  ...circumstances,
})
export type Axes = z.output<typeof axes>

export const matrixFor = (book: Rulebook, people: readonly PolicyPerson[], chosen: Axes, now: Date): readonly Cell[] =>
  cellsFor(partiesIn(book, chosen), people, chosen, now)

/** The cells by one rulebook and by another; a client need be in only one of them. */
export function comparedFor(
  before: Rulebook,
  after: Rulebook,
  people: readonly PolicyPerson[],
  chosen: Axes,
  now: Date,
) {
  const known = { ...after, parties: new Map([...before.parties, ...after.parties]) }
  const ids = partiesIn(known, chosen).map(({ id }) => id)
  const cellsBy = ({ parties }: Rulebook) =>
    cellsFor(
      ids.flatMap((id) => parties.get(id) ?? []),
      people,
      chosen,
      now,
    )
  return compared(cellsBy(before), cellsBy(after))
}

const partiesIn = (book: Rulebook, { clients }: Axes): readonly Party[] =>
  clients.length > 0 ? clients.map((id) => partyNamed(id, book)) : [...book.parties.values()]

function cellsFor(
  parties: readonly Party[],
  people: readonly PolicyPerson[],
  chosen: Axes,
  now: Date,
): readonly Cell[] {
  const persons = chosen.people.length > 0 ? chosen.people.map((one) => personNamed(one, people)) : people
  return matrixOf(
    persons,
    parties.flatMap((party) => visitsOf(party, chosen, now)),
  )
}

function visitsOf(party: Party, chosen: Axes, now: Date): readonly Visit[] {
  const values = chosen.acr_values.length > 0 ? chosen.acr_values : ['']
  const places = chosen.from.length > 0 ? chosen.from : [null]
  return values.flatMap((acr) =>
    places.map((from) => ({
      party,
      ask: askWith(party, { acr_values: acr }),
      acrValues: acr.split(' ').filter(Boolean),
      from,
      setting: settingFor(chosen, from, now),
    })),
  )
}
