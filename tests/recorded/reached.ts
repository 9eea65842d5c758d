import { expect } from 'vitest'
import { refusals } from '#shared/refusal.ts'
import { read } from './mapping.ts'
import type { Exchange } from './tape.ts'

/** The refusal that an answer is, or shows. */
function refusalsIn({ body }: Exchange): readonly string[] {
  const view = read(body, 'view') ?? body
  return ['code', 'why', 'refusal.code'].flatMap((path) => {
    const code = read(view, path)
    return typeof code === 'string' ? [code] : []
  })
}

/** Every refusal that there is was met by somebody on the walk: none is out of reach over HTTP. */
export function allWereMet(exchanges: readonly Exchange[]): void {
  const met = new Set(exchanges.flatMap(refusalsIn))
  expect(Object.keys(refusals).filter((code) => !met.has(code))).toEqual([])
}
