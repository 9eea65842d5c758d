// `npm run bench`: what a sign-in costs beside the bare engine and beside another revision (docs/speed.md).
import { spawnSync } from 'node:child_process'
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { sayAims } from './aims.ts'
import { benchPolicy } from './policy.ts'
import { revisionTree } from './revision.ts'
import { benchSignIns } from './sign-ins.ts'
import { quick, whole } from './size.ts'
import { say } from './table.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    against: { type: 'string' },
  },
})
const size = values.quick ? quick : whole
const isAsked = (part: string) => !values.only || values.only === part

if (spawnSync('taskset', ['--version']).error || availableParallelism() < 2)
  throw new Error('The bench needs Linux’s taskset and two cores: one for the server, one for the load.')
say(`# Speed${values.quick ? ' (quick: indicative alone)' : ''}\n`)
say(`Node ${process.versions.node}, ${cpus()[0]?.model.trim()}, ${availableParallelism()} cores.`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))
const before = values.against ? await revisionTree(values.against) : null
// The server has core 0 to itself; the load comes from core 1.
spawnSync('taskset', ['-acp', '1', String(process.pid)])
if (isAsked('policy')) benchPolicy(values.quick)
if (isAsked('sign-in')) {
  await benchSignIns(size, before)
}
sayAims()
