// The benchmark's end of the probe.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Counted } from './counted.ts'

export interface Probing {
  /** The folder of the program whose hash is taken out; null leaves the hash in. */
  readonly hashless: string | null
  /** Whether statements and commits are counted, which costs CPU. */
  readonly counting: boolean
}

/** Waits for one probe; `flags` are Node's, for the process that will carry it. */
export async function probing({ hashless, counting }: Probing) {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const query = new URLSearchParams({
    port: String(port),
    ...(hashless ? { hashless } : {}),
    ...(counting ? { counting: '' } : {}),
  })
  const answers = once(server, 'connection').then(async ([socket]: Socket[]) => {
    server.close()
    if (!socket) throw new Error('No probe.')
    const lines = createInterface({ input: socket })[Symbol.asyncIterator]()
    const next = async () => JSON.parse((await lines.next()).value ?? '{}')
    const { pid } = (await next()) as { pid: number }
    const count = async (): Promise<Counted> => {
      socket.write('\n')
      return next()
    }
    return { pid, count }
  })
  answers.catch(() => {})
  const flags = ['--import', `${new URL('probe.ts', import.meta.url).href}?${query}`]
  return { flags, answers, abandon: () => server.close() }
}
