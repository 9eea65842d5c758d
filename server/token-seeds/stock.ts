import { randomUUID } from 'node:crypto'
import type { BuiltFactor } from '#shared/factors/index.ts'
import { token } from '../factors/token/token.ts'
import { OperatorError } from '../operator/operator-error.ts'
import type { Seal } from '../secrets/seal.ts'
import type { Person, Store } from '../store/store.ts'
import type { Seed } from './seed.ts'

/** The kind of document for hardware tokens in stock: imported, and without an owner. Their secrets are sealed. */
const kind = 'Token'
const keptMs = 20 * 365 * 86_400_000
const factor = token.contract.id satisfies BuiltFactor
const rowOf = (serial: string) => [kind, serial]
export const labelOf = (serial: string): string => `Token ${serial}`

/** A device of a seed file with its owner; null for a device that goes into stock. */
export interface Owned extends Pick<Seed, 'serial' | 'device'> {
  readonly owner: Person | null
}

/**
 * Adds devices to the stock, or to their owners. Returns the serial numbers that exist already, in stock or with a
 * person: with `partial` the other devices are added, without it none.
 */
export async function stockUp(
  store: Store,
  seal: Seal,
  seeds: readonly Owned[],
  { now, partial }: { readonly now: number; readonly partial: boolean },
): Promise<readonly string[]> {
  try {
    return await store.transaction(async (inside) => {
      const taken: string[] = []
      for (const seed of seeds) if (!(await place(inside, seal, seed, now))) taken.push(seed.serial)
      if (taken.length > 0 && !partial) throw new AlreadyThere(taken)
      return taken
    })
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

/** Adds one device; false when its serial number exists. */
async function place(inside: Store, seal: Seal, { serial, device, owner }: Owned, now: number): Promise<boolean> {
  if (await inside.authenticators.find(factor, serial)) return false
  const sealed = seal.close(device, rowOf(serial))
  if (!(await inside.documents.add(kind, serial, { sealed }, now + keptMs))) return false
  return owner === null || handOver(inside, seal, serial, owner, labelOf(serial), now)
}

/** Hands a device in stock out to a person; false when it is not in stock. */
export const handOut = (store: Store, seal: Seal, serial: string, owner: Person, label: string, now: number) =>
  store.transaction((inside) => handOver(inside, seal, serial, owner, label, now))

async function handOver(inside: Store, seal: Seal, serial: string, { id }: Person, label: string, now: number) {
  const found = await inside.documents.take(kind, serial)
  if (!found) return false
  const credential = seal.open(String(found.value.sealed), rowOf(serial))
  const authenticator = randomUUID()
  const added = await inside.authenticators.add(
    { id: authenticator, account: id, factor, label, handle: serial, credential },
    now,
  )
  if (!added) throw new OperatorError(`There is another token called "${label}" with this person.`)
  await inside.records.append({ kind: 'bound', account: id, factor, authenticator }, now)
  return true
}
