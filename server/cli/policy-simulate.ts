import { stringify } from 'yaml'
import { type Cell, type Change, isChanged } from '#shared/policy/tools/matrix.ts'
import { checkedConfigIn } from '../config/checked-config.ts'
import { caseOf } from '../policy-tools/cases.ts'
import { axes, comparedFor, matrixFor } from '../policy-tools/matrix.ts'
import { peopleFor } from '../policy-tools/people.ts'
import { columns, draftAt, given, outcomeLine, type PolicyOptions, print, printJson } from './policy.ts'

export interface SimulateOptions extends PolicyOptions {
  readonly person?: readonly string[]
  readonly client?: readonly string[]
  readonly acr?: readonly string[]
  readonly from?: readonly string[]
  readonly at?: string
  readonly browser?: string
  readonly against?: string
  readonly cases?: boolean
}

/** `sallyport policy simulate`: every person at every client; against another file, only what differs from it. */
export function policySimulate(options: SimulateOptions): void {
  const checked = draftAt(options.config)
  const people = peopleFor(checked, options.people)
  const { person, client, acr, from, at, browser, against } = options
  const chosen = given(axes, { people: person, clients: client, acr_values: acr, from, at, browser })
  const now = new Date()
  if (against !== undefined) {
    const all = comparedFor(checkedConfigIn(against), checked, people, chosen, now)
    const changes = all.filter(isChanged)
    if (options.json) return void printJson(changes)
    table(changes.flatMap(rowsOf))
    return void print(`${changes.length} of ${all.length} cells change.`)
  }
  const cells = matrixFor(checked, people, chosen, now)
  if (options.cases) return void print(stringify(cells.map(caseOf)).trimEnd())
  if (options.json) return void printJson(cells)
  table(cells.map((cell) => [...whereOf(cell), outcomeLine(cell.outcome)]))
}

const whereOf = ({ person, client, acrValues, from }: Omit<Cell, 'outcome'>) => [
  person,
  client,
  acrValues.join(' ') || '–',
  ...(from ? [from] : []),
]

const rowsOf = ({ before, after, ...where }: Change) => [
  [...whereOf(where), `- ${before ? outcomeLine(before) : 'no such cell'}`],
  [...whereOf(where).map(() => ''), `+ ${after ? outcomeLine(after) : 'no such cell'}`],
]

function table(rows: readonly (readonly string[])[]) {
  for (const line of columns(rows)) print(line)
}
