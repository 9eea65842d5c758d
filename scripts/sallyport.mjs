#!/usr/bin/env node
// The `sallyport` command: passes everything on to the server's program, on the pinned Node.
import { join } from 'node:path'
import { onPinnedNode, root, setUp } from './setup.mjs'

const args = process.argv.slice(2)
try {
  await setUp({ pages: args[0] === 'serve' })
  process.exitCode = await onPinnedNode([
    '--disable-warning=ExperimentalWarning',
    join(root, 'server/cli/main.ts'),
    ...args,
  ])
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
