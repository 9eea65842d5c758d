import type { ReactNode } from 'react'
import { useText } from '../../text/text.tsx'
import './grid.css'

const columns = ['A', 'B', 'C', 'D', 'E'] as const

/** A grid as an HTML table with headers, so that everybody can find a cell by column and row. */
export function GridTable({ cell }: { readonly cell: (place: number, name: string) => ReactNode }) {
  const say = useText()
  return (
    <table className="grid" dir="ltr">
      <caption className="unseen">{say('factor.grid.caption')}</caption>
      <thead>
        <tr>
          <td />
          {columns.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {columns.map((_, row) => (
          <tr key={columns[row]}>
            <th scope="row">{row + 1}</th>
            {columns.map((name, column) => (
              <td key={name}>{cell(row * columns.length + column, `${name}${row + 1}`)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The digits of a grid, row by row. */
export const Digits = ({ rows }: { readonly rows: readonly string[] }) => {
  const all = rows.join('')
  return <GridTable cell={(place) => all[place]} />
}
