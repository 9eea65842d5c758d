import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Installs what a test runs from Debian, where this file of it is missing. */
export function needDebian(file: string, ...packages: readonly string[]): void {
  if (existsSync(file)) return
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const apt = (...args: readonly string[]) => spawnSync('apt-get', args, { env, stdio: 'ignore' }).status === 0
  if (!apt('update') || !apt('install', '-y', '--no-install-recommends', ...packages))
    throw new Error(`This test needs ${packages.join(' and ')}: install them.`)
}
