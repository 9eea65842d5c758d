import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const main = new URL('../../server/cli/main.ts', import.meta.url).pathname

export const folder = () => mkdtempSync(join(tmpdir(), 'sallyport-cli-'))

export function file(inside: string, name: string, text: string): string {
  const path = join(inside, name)
  writeFileSync(path, text)
  return path
}

export function start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const { PATH = '', NODE_COMPILE_CACHE = join(tmpdir(), 'sallyport-compiled') } = process.env
  const outside = { PATH, NODE_COMPILE_CACHE }
  return spawn(process.execPath, [main, ...args], {
    env: { ...outside, NODE_ENV: 'production', ...env },
    cwd: tmpdir(),
  })
}

/** Runs the program to its end. */
export function sallyport(args: readonly string[], env: Record<string, string> = {}) {
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const child = start(args, env)
    let out = ''
    let err = ''
    child.stdout?.on('data', (chunk) => (out += chunk))
    child.stderr?.on('data', (chunk) => (err += chunk))
    child.on('close', (code) => resolve({ code, out, err }))
  })
}
