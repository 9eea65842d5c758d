import { type Draft, draftOf, type Found } from '../config/rulebook.ts'
import { configFile } from '../settings.ts'

/** What all policy commands can be told. */
export interface PolicyOptions {
  readonly config?: string
  readonly people?: string
  readonly json?: boolean
}

export const draftAt = (file: string | undefined): Draft => draftOf(configFile(file))

export const print = (text: string): void => void process.stdout.write(`${text}\n`)

export const lineOf = ({ file, line, column, level, code, sentence, fix }: Found): string =>
  `${file}:${line}:${column}: ${level} ${code}: ${sentence}\n    Fix: ${fix}`
