// The server that the benchmark measures: a configuration, a store full of people, and a child process.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { loadConfig } from '../../server/config/load.ts'
import { storeSettingsOf } from '../../server/config/store-settings.ts'
import { hashed } from '../../server/factors/password/hash.ts'
import { keysFor } from '../../server/secrets/keys.ts'
import { openStore } from '../../server/store/open.ts'
import { serverArgs } from '../server-args.mjs'
import { startServer } from './child.ts'
import { copyRecords, recordOne } from './records.ts'
import { client } from './relying-party.ts'
import { password, type Sequence } from './sequences.ts'
import type { Furnished, Served } from './tree.ts'
import { usernameOf } from './walk.ts'

/** What a server has beside its people. The policy is one for all clients, and its last rule is everybody's. */
export interface Extent {
  readonly clients: number
  readonly rules: number
  /** The records of earlier sign-ins. */
  readonly records: number
}

function configuration({ primary, settings = '' }: Sequence, { clients, rules }: Extent) {
  const others = Array.from({ length: clients - 1 }, (_, at) => `other-${at}`)
  const idOf = (at: number) => [client.id, ...others][at % clients]
  const rule = (at: number) =>
    `{ name: rule-${at}, when: { groups: [group-${at}], clients: [${idOf(at)}] }, then: { primary: [${primary}] } }`
  return `${settings}
log: { level: warn }
attempts: { per_address_a_minute: 1000000, openings_per_address_a_minute: 1000000 }
policies:
  bench:
    rules:
${Array.from({ length: rules - 1 }, (_, at) => `      - ${rule(at)}\n`).join('')}      - { name: everyone, then: { primary: [${primary}] } }
clients:
${[client.id, ...others].map((id) => `  ${id}: { client_name: The bench, redirect_uris: ['${client.redirectUri}'], policy: bench }\n`).join('')}`
}

/** Makes a folder with the configuration and a store of `people` people. */
export async function furnish(
  sequence: Sequence,
  people: number,
  extent: Extent = { clients: 1, rules: 1, records: 0 },
): Promise<Furnished> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  const file = join(folder, 'sallyport.yaml')
  writeFileSync(file, configuration(sequence, extent))
  const config = loadConfig(file)
  const data = join(folder, 'data')
  mkdirSync(data)
  const keys = await keysFor(config, data, new URL('http://localhost'), new Date())
  const store = await openStore(storeSettingsOf(config), data, keys.storage)
  const hash = (await hashed(password, config.passwords.argon2id)) ?? ''
  await store.transaction(async (inside) => {
    for (let at = 0; at < people; at++) {
      // A signal is heard between two parts.
      if (at % 1_000 === 0) await setImmediate()
      const id = usernameOf(at)
      const email = `${id}@example.test`
      await inside.people.put({ id, username: id, name: `Person ${at}`, email, groups: ['staff'] }, [id, email])
      for (const one of sequence.enrolled(hash, id))
        await inside.authenticators.add({ ...one, id: `${one.factor} of ${id}`, account: id, label: one.factor }, 0)
    }
    if (extent.records > 0) await recordOne(inside)
  })
  await store.close()
  const usernames = Array.from({ length: people }, (_, at) => usernameOf(at))
  if (extent.records > 0) await copyRecords(join(data, config.store.sqlite), extent.records, usernames)
  return { file, data, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Starts a server on these cores and waits until it is ready. `flags` are Node's. */
export const serve = (
  { file, data }: Pick<Furnished, 'file' | 'data'>,
  cores: string,
  flags: readonly string[] = [],
): Promise<Served> =>
  startServer(
    [...serverArgs.slice(0, -1), ...flags, ...serverArgs.slice(-1), 'serve', '--config', file, '--data', data],
    cores,
    '/readyz',
  )
