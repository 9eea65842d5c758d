import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'

const main = new URL('../../server/cli/main.ts', import.meta.url).pathname

export const folder = () => mkdtempSync(join(tmpdir(), 'sallyport-cli-'))

export function file(inside: string, name: string, text: string): string {
  const path = join(inside, name)
  writeFileSync(path, text)
  return path
}

const { PATH = '', NODE_COMPILE_CACHE = join(tmpdir(), 'sallyport-compiled') } = process.env

/** Starts the program in a process of its own. */
export const start = (args: readonly string[], env: Record<string, string> = {}): ChildProcess =>
  spawn(process.execPath, [main, ...args], {
    env: { PATH, NODE_COMPILE_CACHE, NODE_ENV: 'production', ...env },
    cwd: tmpdir(),
  })

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs the program to its end in a process of its own. */
export function spawned(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = start(args, env)
    let out = ''
    let err = ''
    child.stdout?.on('data', (chunk) => (out += chunk))
    child.stderr?.on('data', (chunk) => (err += chunk))
    child.on('close', (code) => resolve({ code, out, err }))
  })
}

/** Thrown in place of an exit, which would end the tests. */
class Exit extends Error {}

let runs = 0

/**
 * Runs the program to its end in the process of the tests: its main file is evaluated anew, with these arguments. Most of a
 * process's second goes into starting; that one gives the same is tested once (process.test.ts).
 */
export async function sallyport(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const texts = { out: '', err: '' }
  const into = (which: keyof typeof texts) => (text: unknown) => {
    texts[which] += text
    return true
  }
  const before = { argv: process.argv, env: process.env, umask: process.umask(), exitCode: process.exitCode }
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(into('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(into('err')),
    vi.spyOn(console, 'error').mockImplementation((text) => void into('err')(`${text}\n`)),
    vi.spyOn(process, 'exit').mockImplementation((code) => {
      process.exitCode = code ?? 0
      throw new Exit()
    }),
  ]
  Object.assign(process, { argv: [process.execPath, main, ...args], env: { ...before.env, ...env }, exitCode: 0 })
  try {
    await import(/* @vite-ignore */ `${main}?run=${++runs}`)
    return { code: Number(process.exitCode), ...texts }
  } catch (error) {
    if (!(error instanceof Exit)) throw error
    return { code: Number(process.exitCode), ...texts }
  } finally {
    for (const spy of spies) spy.mockRestore()
    process.umask(before.umask)
    Object.assign(process, { argv: before.argv, env: before.env, exitCode: before.exitCode })
  }
}
