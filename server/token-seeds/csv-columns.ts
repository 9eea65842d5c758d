import { type UnreadableSecret, unreadable } from '../factors/oath/otpauth.ts'
import { closestWord } from '../operator/closest-word.ts'

/** The meaning of a seed file's column. `moving` is the period of a clock or the counter of a button. */
export type Column = 'serial' | 'secret' | 'type' | 'digits' | 'moving' | 'period' | 'counter' | 'algorithm' | 'person'

/** The columns of a file whose first line does not name them. */
export const columnsWithout: readonly Column[] = ['serial', 'secret', 'type', 'digits', 'moving', 'algorithm', 'person']

/** Columns by name, in lower case and without punctuation; null for ignored columns. */
const names = new Map<string, Column | null>([
  ['serial', 'serial'],
  ['serialnumber', 'serial'],
  ['serialno', 'serial'],
  ['secret', 'secret'],
  ['secretkey', 'secret'],
  ['seed', 'secret'],
  ['key', 'secret'],
  ['type', 'type'],
  ['digits', 'digits'],
  ['period', 'period'],
  ['timeinterval', 'period'],
  ['counter', 'counter'],
  ['algorithm', 'algorithm'],
  ['person', 'person'],
  ['username', 'person'],
  ['upn', 'person'],
  ['manufacturer', null],
  ['model', null],
  ['', null],
])
const nameOf = (field: string) => field.toLowerCase().replace(/[^a-z]/g, '')

/** The columns that a first line names; null for a first line that is a device. */
export function columnsIn(
  fields: readonly string[],
): { readonly ok: true; readonly columns: readonly (Column | null)[] } | UnreadableSecret | null {
  const columns = fields.map((field) => names.get(nameOf(field)))
  const needed = ['serial', 'secret'] as const
  if (!needed.some((column) => columns.includes(column))) return null
  const unknown = fields.find((_, at) => columns[at] === undefined)
  if (unknown !== undefined) {
    const meant = closestWord(nameOf(unknown), [...names.keys()], ' Did you mean "%"?')
    return unreadable(`There is no column "${unknown}".${meant}`)
  }
  const twice = columns.find((column, at) => column && columns.indexOf(column) !== at)
  if (twice) return unreadable(`There are two columns for the ${twice}.`)
  const missing = needed.find((column) => !columns.includes(column))
  if (missing) return unreadable(`There is no column for the ${missing}.`)
  return { ok: true, columns: columns.map((column) => column ?? null) }
}
