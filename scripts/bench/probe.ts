// A probe loaded into a measured server before its program. It answers the benchmark's questions, and imports nothing of
// the program's, which would load Argon2 and node:sqlite's users too early. Its address says what it is to do.
import { connect } from 'node:net'
import { isMainThread } from 'node:worker_threads'
import type { Counted } from './counted.ts'
import { countStatements, counts } from './counting.ts'
import { hashes, takeHashOut } from './no-hash.ts'

const { searchParams: asked } = new URL(import.meta.url)

function counted(): Counted {
  const { user, system } = process.cpuUsage()
  return {
    cpuMs: (user + system) / 1000,
    rssMiB: process.memoryUsage.rss() / 2 ** 20,
    hashes: hashes.count,
    ...counts,
  }
}

if (isMainThread) {
  const hashless = asked.get('hashless')
  if (hashless) takeHashOut(hashless)
  if (asked.has('counting')) countStatements()
  const socket = connect(Number(asked.get('port')), '127.0.0.1')
  const say = (value: object) => socket.write(`${JSON.stringify(value)}\n`)
  socket.on('connect', () => say({ pid: process.pid }))
  socket.on('data', () => say(counted()))
  // A server does not outlive its benchmark, however that one ends.
  socket.on('close', () => process.kill(process.pid, 'SIGTERM'))
  socket.on('error', () => {})
  socket.unref()
}
