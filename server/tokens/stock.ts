import { randomUUID } from 'node:crypto'
import type { BuiltFactor } from '#shared/factors/index.ts'
import { token } from '../factors/token/token.ts'
import { Refused } from '../refused.ts'
import type { Seal } from '../store/seal.ts'
import type { Person, Store } from '../store/store.ts'
import type { Seed } from './seed.ts'

/** Tokens in the drawer: imported, and nobody's yet. Their secrets are sealed as those of people are. */
const kind = 'Token'
const keptMs = 20 * 365 * 86_400_000
const factor = token.contract.id satisfies BuiltFactor
const rowOf = (serial: string) => [kind, serial]

/** All of them, or none: those that are there already, in the drawer or with somebody, come back. */
export async function stock(store: Store, seal: Seal, seeds: readonly Seed[], now: number): Promise<readonly string[]> {
  try {
    await store.transaction(async (inside) => {
      const taken: string[] = []
      for (const { serial, device } of seeds) {
        const sealed = seal.close(device, rowOf(serial))
        const isTaken = await inside.authenticators.find(factor, serial)
        if (isTaken || !(await inside.documents.add(kind, serial, { sealed }, now + keptMs))) taken.push(serial)
      }
      if (taken.length > 0) throw new AlreadyThere(taken)
    })
    return []
  } catch (error) {
    if (error instanceof AlreadyThere) return error.serials
    throw error
  }
}

class AlreadyThere extends Error {
  readonly serials: readonly string[]
  constructor(serials: readonly string[]) {
    super('There already.')
    this.serials = serials
  }
}

/** Hands one out: false when it is not in the drawer. */
export const handOut = (store: Store, seal: Seal, serial: string, { id }: Person, label: string, now: number) =>
  store.transaction(async (inside) => {
    const found = await inside.documents.take(kind, serial)
    if (!found) return false
    const kept = seal.open(String(found.value.sealed), rowOf(serial))
    const authenticator = randomUUID()
    const added = await inside.authenticators.add(
      {
        id: authenticator,
        account: id,
        factor,
        label,
        handle: serial,
        kept,
      },
      now,
    )
    if (!added) throw new Refused(`There is another token called "${label}" with this person.`)
    await inside.records.append({ kind: 'bound', account: id, factor, authenticator }, now)
    return true
  })
