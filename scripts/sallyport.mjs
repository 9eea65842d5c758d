#!/usr/bin/env node
// The `sallyport` command: passes everything on to the server's program, on the pinned Node.
import { serverArgs } from './server-args.mjs'
import { onPinnedNode, setUp } from './setup.mjs'

const args = process.argv.slice(2)
try {
  await setUp({ pages: args[0] === 'serve' })
  process.exitCode = await onPinnedNode([...serverArgs, ...args])
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
