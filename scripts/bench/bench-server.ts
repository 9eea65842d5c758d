// The server that the benchmark measures: a configuration, a store full of people, and a child process.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../server/config/load.ts'
import { storeSettingsOf } from '../../server/config/store-settings.ts'
import { hashed } from '../../server/factors/password/hash.ts'
import { keysFor } from '../../server/secrets/keys.ts'
import { openStore } from '../../server/store/open.ts'
import type { Counted } from './probe.ts'
import { password, type Sequence } from './sequences.ts'

const root = join(import.meta.dirname, '../..')
export const client = { id: 'bench-rp', redirectUri: 'http://localhost:9/callback' } as const
export const usernameOf = (at: number): string => `person-${at}`

const configuration = ({ primary, settings = '' }: Sequence) => `${settings}
log: { level: warn }
attempts: { per_address_a_minute: 1000000, openings_per_address_a_minute: 1000000 }
policies: { bench: { rules: [{ name: everyone, then: { primary: [${primary}] } }] } }
clients:
  ${client.id}: { client_name: The bench, redirect_uris: ['${client.redirectUri}'], policy: bench }
`

/** Makes a folder with the configuration and a store of `people` people, and tells how long filling the store took. */
export async function furnish(sequence: Sequence, people: number) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  const file = join(folder, 'sallyport.yaml')
  writeFileSync(file, configuration(sequence))
  const config = loadConfig(file)
  const data = join(folder, 'data')
  mkdirSync(data)
  const keys = await keysFor(config, data, new URL('http://localhost'), new Date())
  const store = await openStore(storeSettingsOf(config), data, keys.storage)
  const hash = (await hashed(password, config.passwords.argon2id)) ?? ''
  const began = performance.now()
  await store.transaction(async (inside) => {
    for (let at = 0; at < people; at++) {
      const id = usernameOf(at)
      const email = `${id}@example.test`
      await inside.people.put({ id, username: id, name: `Person ${at}`, email, groups: ['staff'] }, [id, email])
      for (const one of sequence.enrolled(hash, id))
        await inside.authenticators.add({ ...one, id: `${one.factor} of ${id}`, account: id, label: one.factor }, 0)
    }
  })
  await store.close()
  const remove = () => rmSync(folder, { recursive: true, force: true })
  return { file, data, people, seconds: (performance.now() - began) / 1000, remove }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A server under measurement. */
export interface Served {
  readonly issuer: string
  readonly startMs: number
  readonly count: () => Promise<Counted>
  /** CPU milliseconds of one password hash, in the server's own process. */
  readonly hashMs: (times: number) => Promise<number>
  readonly stop: () => Promise<void>
}

/** Starts a server on these cores and waits until it is ready. `flags` are Node's. */
export async function serve(
  { file, data }: { readonly file: string; readonly data: string },
  cores: string,
  flags: readonly string[] = [],
): Promise<Served> {
  const port = await freePort()
  const began = performance.now()
  const probe = join(import.meta.dirname, 'probe.ts')
  const main = join(root, 'server/cli/main.ts')
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', ...flags, '--import', probe]
  const child = spawn('taskset', ['-c', cores, ...node, main, 'serve', '--config', file, '--data', data], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production', PORT: String(port), SALLYPORT_CONFIG: '', SALLYPORT_DATA: '' },
  })
  let complaint = ''
  child.stderr?.on('data', (chunk) => {
    complaint += chunk
  })
  const issuer = `http://localhost:${port}`
  while (!(await answers(`${issuer}/readyz`))) {
    if (child.exitCode !== null) throw new Error(`The server did not start: ${complaint}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return {
    issuer,
    startMs: performance.now() - began,
    count: () => asked<Counted>(child, 'count'),
    hashMs: (times) => asked<number>(child, times),
    async stop() {
      const exited = once(child, 'exit')
      child.kill('SIGINT')
      await exited
    },
  }
}

const answers = (url: string) =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  )

async function asked<Answer>(child: ChildProcess, question: 'count' | number): Promise<Answer> {
  const answered = once(child, 'message')
  child.send(question)
  const [answer] = await answered
  return answer
}
