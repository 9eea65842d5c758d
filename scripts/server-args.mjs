import { join } from 'node:path'

/**
 * Node's arguments for the server's program. A young generation of 4 MiB halves: a request's objects die young, and a
 * larger one takes 48 MiB more without saving CPU (docs/speed.md).
 */
export const serverArgs = [
  '--disable-warning=ExperimentalWarning',
  '--max-semi-space-size=4',
  join(import.meta.dirname, '../server/cli/main.ts'),
]
