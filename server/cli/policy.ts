import type { z } from 'zod'
import type { Outcome } from '#shared/policy/tools/simulate.ts'
import { type CheckedConfig, checkedConfigIn, type PlacedFinding } from '../config/checked-config.ts'
import { OperatorError } from '../operator/operator-error.ts'
import { nearest } from '../operator/yaml-file.ts'
import { configFile } from './options.ts'

/** The options of all policy commands. */
export interface PolicyOptions {
  readonly config?: string
  readonly people?: string
  readonly json?: boolean
}

export const draftAt = (file: string | undefined): CheckedConfig => checkedConfigIn(configFile(file))

export const print = (text: string): void => void process.stdout.write(`${text}\n`)
export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2))

export const lineOf = ({ file, line, column, level, code, sentence, fix }: PlacedFinding): string =>
  `${file}:${line}:${column}: ${level} ${code}: ${sentence}\n    Fix: ${fix}`

/** An argument of the command line, parsed by a schema. Throws {@link OperatorError}. */
export function given<T>(schema: z.ZodType<T>, value: unknown): T {
  const { data, error } = schema.safeParse(value)
  if (!error) return data as T
  throw new OperatorError(
    error.issues
      .map(nearest)
      .map(({ path, message }) => `${path.join('.')}: ${message}`)
      .join('\n'),
  )
}

/** One line about how a sign-in ends. */
export function outcomeLine(outcome: Outcome): string {
  const doors = outcome.doors.join(' → ') || 'no door'
  switch (outcome.is) {
    case 'done': {
      const owed = outcome.owed.length > 0 ? `, let off ${outcome.owed.join(' or ')}` : ''
      return `${doors}: amr ${outcome.amr.join(' ') || 'empty'}, acr ${outcome.acr}${owed}`
    }
    case 'enrol':
      return `${doors}, then enrols ${outcome.factors.join(' or ')}`
    case 'refuse': {
      const missing = outcome.missing.length > 0 ? `, has no ${outcome.missing.join(', ')}` : ''
      return `${doors}: refused, ${outcome.why}${missing}`
    }
  }
}

/** Lines of columns, each as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
