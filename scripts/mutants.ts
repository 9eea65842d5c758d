// Changes one line of the product at a time and runs the tests that should notice, so that the strength of the tests is
// known: a mutation that dies before the tests are changed must die after it too. An argument runs one folder alone.
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Mutation {
  readonly file: string
  /** The text to replace, which must be in the file exactly once. */
  readonly find: string
  readonly replace: string
  /** The tests that are most likely to notice, the fastest first. */
  readonly tests: readonly string[]
}

interface Result extends Omit<Mutation, 'tests'> {
  readonly outcome: 'killed' | 'survived' | 'timed out'
  /** The file and the name of the test that noticed. */
  readonly by: string | null
  readonly seconds: number
}

type PerFolder<T> = Readonly<Record<string, readonly T[]>>

const longestMs = 90_000
const root = join(import.meta.dirname, '..')
const all: PerFolder<Mutation> = JSON.parse(readFileSync(join(import.meta.dirname, 'mutants.json'), 'utf8'))
const resultsFile = join(root, 'node_modules/.cache/mutants.json')

/** Vitest's configuration: files in the given order, one at a time; the first failure ends the run. */
const config = `
import { BaseSequencer } from 'vitest/node'
import config from './vite.config.ts'
const order = process.env.MUTANT_TESTS.split(' ')
const place = ({ moduleId }) => order.findIndex((name) => moduleId.endsWith(name))
class Given extends BaseSequencer {
  sort = async (files) => files.toSorted((a, b) => place(a) - place(b))
}
const test = { ...config.test, bail: 1, fileParallelism: false, fsModuleCache: true, fsModuleCachePath: '.cache', sequence: { sequencer: Given } }
export default { ...config, test }
`

/** Makes a copy of the committed tree, with this checkout's dependencies and built pages. */
function copied(): string {
  const copy = mkdtempSync(join(tmpdir(), 'sallyport-mutants-'))
  execFileSync('tar', ['-x', '-C', copy], {
    input: execFileSync('git', ['archive', 'HEAD'], { cwd: root, maxBuffer: 2 ** 28 }),
  })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  writeFileSync(join(copy, 'vitest.mutants.mjs'), config)
  cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true })
  return copy
}

/** The mutated text of a file. Throws for an entry that does not fit the tree any more. */
function mutated(copy: string, { file, find, replace, tests }: Mutation): string {
  const [before = '', after, ...more] = readFileSync(join(copy, file), 'utf8').split(find)
  if (after === undefined || more.length > 0) throw new Error(`${file} does not hold this once: ${find}`)
  const missing = tests.find((one) => !existsSync(join(copy, one)))
  if (missing) throw new Error(`There is no ${missing}.`)
  return before + replace + after
}

/** Runs a program to its end or its time limit: its exit code, or null after the limit. */
function run(copy: string, program: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const path = join(root, 'node_modules', program)
  const compiled = join(root, 'node_modules/.cache/compiled')
  // A process group of its own, so that whatever the tests have started ends with it.
  const child = spawn(process.execPath, [path, ...args], {
    cwd: copy,
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, NODE_COMPILE_CACHE: compiled, ...env },
  })
  const end = () => child.pid && process.kill(-child.pid, 'SIGKILL')
  const late = setTimeout(end, longestMs)
  process.prependOnceListener('exit', end)
  return new Promise<number | null>((resolve) => {
    child.on('exit', (code) => {
      clearTimeout(late)
      process.off('exit', end)
      resolve(code)
    })
  })
}

const reportIn = (copy: string) => join(copy, 'mutants-report.json')

/** The first failure in the report; empty when there is none. */
function noticedBy(copy: string): string {
  interface Told {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }
  if (!existsSync(reportIn(copy))) return ''
  const { testResults }: { testResults: readonly Told[] } = JSON.parse(readFileSync(reportIn(copy), 'utf8'))
  const failed = testResults.find(({ status }) => status === 'failed')
  const test = failed?.assertionResults.find(({ status }) => status === 'failed')
  return failed ? `${failed.name.slice(copy.length + 1)}: ${test?.fullName ?? failed.message.split('\n')[0]}` : ''
}

async function tried(copy: string, mutation: Mutation): Promise<Result> {
  const { tests, ...what } = mutation
  const path = join(copy, what.file)
  const original = readFileSync(path, 'utf8')
  const began = Date.now()
  const isPage = what.file.startsWith('web/')
  writeFileSync(path, mutated(copy, mutation))
  rmSync(reportIn(copy), { force: true })
  try {
    if (isPage)
      await run(copy, 'vite/bin/vite.js', ['build', '--app', '--logLevel', 'error'], { NODE_ENV: 'production' })
    const args = ['run', '--config', 'vitest.mutants.mjs', '--reporter=json', '--outputFile', reportIn(copy), ...tests]
    const code = await run(copy, 'vitest/vitest.mjs', args, { NODE_ENV: 'test', MUTANT_TESTS: tests.join(' ') })
    const outcome = code === 0 ? 'survived' : code === null ? 'timed out' : 'killed'
    return { ...what, outcome, by: noticedBy(copy) || null, seconds: Math.round((Date.now() - began) / 1000) }
  } finally {
    writeFileSync(path, original)
    if (isPage) cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true })
  }
}

const [only] = process.argv.slice(2)
const chosen = Object.entries(all).filter(([folder]) => only === undefined || folder === only)
if (chosen.length === 0) throw new Error(`There is no ${only}: ${Object.keys(all).join(', ')}.`)
const copy = copied()
process.on('exit', () => rmSync(copy, { recursive: true, force: true, maxRetries: 9, retryDelay: 100 }))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))
for (const [, mutations] of chosen) for (const one of mutations) mutated(copy, one)
for (const [folder, mutations] of chosen) {
  const results: Result[] = []
  for (const one of mutations) {
    const result = await tried(copy, one)
    results.push(result)
    const line = [result.outcome, folder, one.file, JSON.stringify(one.find), result.by ?? '', `${result.seconds} s`]
    process.stdout.write(`${line.join(' | ')}\n`)
  }
  const before: PerFolder<Result> = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : {}
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
  writeFileSync(resultsFile, `${JSON.stringify({ ...before, [folder]: results }, null, 2)}\n`)
  const killed = results.filter(({ outcome }) => outcome !== 'survived').length
  process.stdout.write(`${folder}: ${killed} of ${results.length} die.\n`)
}
