// Counts a process's syncs where they happen: in its system calls.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

export const hasStrace = !spawnSync('strace', ['--version']).error

/** Counts from now on. strace writes a line when a call ends, and has a moment to do so before each count. */
export async function syncsOf(pid: number) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-strace-'))
  const file = join(folder, 'syncs')
  const strace = spawn('strace', ['-f', '-e', 'trace=fdatasync,fsync', '-o', file, '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const [said] = await once(strace.stderr, 'data')
  if (!String(said).includes('attached')) throw new Error(`strace does not see the server: ${said}`)
  return {
    async count() {
      await setTimeout(50)
      return readFileSync(file, 'utf8').match(/f(data)?sync\(/g)?.length ?? 0
    },
    async stop() {
      const exited = once(strace, 'exit')
      strace.kill('SIGINT')
      await exited
      rmSync(folder, { recursive: true })
    },
  }
}
