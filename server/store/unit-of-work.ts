import { AsyncLocalStorage } from 'node:async_hooks'
import type { Group } from './group-commit.ts'

/** The writes of one request, which go on without waiting for their commits: the request's answer waits instead. */
export interface UnitOfWork {
  readonly groups: Set<Group>
  /** The number of the last group whose commit has to be synced before the answer leaves; 0 without one. */
  owesSyncOf: number
  ended: boolean
}

const units = new AsyncLocalStorage<UnitOfWork | null>()

/** The unit of work under way here; null outside of one, and in what goes on after its end. */
export function unitUnderWay(): UnitOfWork | null {
  const unit = units.getStore()
  return unit && !unit.ended ? unit : null
}

/** Does work that waits for its own commits, as outside of units. */
export const apartFromUnits = <T>(work: () => T): T => units.run(null, work)

/** Does work as a unit; within another unit, as a part of that. `settle` runs before it ends, also when the work throws. */
export async function asUnit<T>(work: () => Promise<T>, settle: (unit: UnitOfWork) => Promise<void>): Promise<T> {
  if (unitUnderWay()) return work()
  const unit: UnitOfWork = { groups: new Set(), owesSyncOf: 0, ended: false }
  try {
    return await units.run(unit, work)
  } finally {
    try {
      await settle(unit)
    } finally {
      unit.ended = true
    }
  }
}
