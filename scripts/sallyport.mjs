#!/usr/bin/env node
// The `sallyport` command: passes everything on to the server's program, on the pinned Node.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pinnedNode, root, setUp } from './setup.mjs'

const args = process.argv.slice(2)
try {
  await setUp({ pages: args[0] === 'serve' })
} catch (error) {
  console.error(error.message)
  process.exit(1)
}
const child = spawn(pinnedNode(), ['--disable-warning=ExperimentalWarning', join(root, 'server/main.ts'), ...args], {
  stdio: 'inherit',
  env: { NODE_ENV: 'production', ...process.env },
})
const pass = (signal) => child.kill(signal)
process.on('SIGINT', pass).on('SIGTERM', pass)
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
