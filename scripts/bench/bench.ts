// `npm run bench`: what a sign-in costs beside the bare engine and beside another revision (docs/speed.md).
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sayAims } from './aims.ts'
import { quick, whole } from './amounts.ts'
import { benchMemory } from './memory.ts'
import { benchPages } from './pages.ts'
import { benchPolicy } from './policy.ts'
import { revisionTree } from './revision.ts'
import { benchSignIns } from './sign-ins.ts'
import { benchSize } from './size.ts'
import { say } from './table.ts'
import { benchThroughput } from './throughput.ts'

const {
  quick: isQuick,
  only,
  against,
} = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    against: { type: 'string' },
  },
}).values
const amounts = isQuick ? quick : whole
const parts = {
  policy: async () => benchPolicy(isQuick),
  'sign-in': () => benchSignIns(amounts, before),
  throughput: () => benchThroughput(amounts),
  size: () => benchSize(amounts),
  memory: () => benchMemory(amounts, before),
  page: () => benchPages(amounts, before),
}
const asked = Object.entries(parts).filter(([name]) => !only || name === only)

if (asked.length === 0) throw new Error(`The bench's parts are ${Object.keys(parts).join(', ')}; not ${only}.`)
if (spawnSync('taskset', ['--version']).error || availableParallelism() < 2)
  throw new Error('The bench needs Linux’s taskset and two cores: one for the server, one for the load.')
// All that any part leaves lies in one folder, which goes with this process, however it ends.
const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
process.env.TMPDIR = folder
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))
const before = against ? await revisionTree(against) : null

say(`# Speed${isQuick ? ' (quick: indicative alone)' : ''}\n`)
say(
  `Node ${process.versions.node}, ${cpus()[0]?.model.trim()}, ${availableParallelism()} cores. Medians, and from the least to the most.`,
)
spawnSync('taskset', ['-acp', '1', String(process.pid)])
for (const [, part] of asked) await part()
sayAims()
