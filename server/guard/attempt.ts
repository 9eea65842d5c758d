import type { BuiltFactor } from '#shared/factors/index.ts'
import { traitsOf } from '#shared/factors/table.ts'
import type { Limits } from '../config/attempts.ts'
import type { Authenticator, Store } from '../store/store.ts'
import { budgetOf } from './address.ts'
import { aMinute, type Charge, charge, giveBack, growingWait } from './throttle.ts'

/** An answer that is about to be verified. */
export interface Answering {
  readonly factor: BuiltFactor
  /** The canonical form of what was typed; where nobody was named, what the authenticator calls itself. */
  readonly name: string | null
  readonly account: string | null
  /** The authenticators that may answer; null for all of the person's. */
  readonly ids: readonly string[] | null
  /** Null when it cannot be known. */
  readonly address: string | null
  /** They have proven who they are: a lock of theirs is told as what it is. */
  readonly known: boolean
}

/** What an answer was charged to. */
export interface Attempt {
  /** The address or the name has to wait: nothing is verified. */
  readonly stopped: 'address' | 'name' | null
  /** Until when the address or the name as typed has to wait (epoch milliseconds); null while it need not. */
  readonly lockedUntil: number | null
  /** Who may be proven to be here; null also when the account has to wait under another of its names. */
  readonly account: string | null
  /** The authenticators that it may be checked against; each was charged. */
  readonly authenticators: readonly Authenticator[]
  readonly byAddress: Charge
  readonly byPerson: readonly Charge[]
}

const perPerson = (limits: Limits) => growingWait(limits.free_failures, limits.longest_wait, limits.forgotten_after)
const perAddress = (limits: Limits) => aMinute(limits.per_address_a_minute)

const nameKey = (factor: BuiltFactor, name: string | null) => `${factor} of name ${name}`
const accountKey = (factor: BuiltFactor, account: string | null) => `${factor} of account ${account}`

/** Disabled until it is bound anew (NIST SP 800-63B-4 §3.2.2). */
export const isDisabled = ({ factor, failures }: Pick<Authenticator, 'factor' | 'failures'>, limits: Limits): boolean =>
  failures >= mostFailures(factor, limits)
const mostFailures = (factor: BuiltFactor, { disable_after }: Limits) =>
  Math.ceil(disable_after / traitsOf(factor).fewerFailures)

/**
 * Charges an answer before it is verified, inside a transaction: the network address, the name as typed, the account behind
 * it, and every authenticator that it will be checked against, as far as none of them has to wait.
 */
export async function chargeAttempt(inside: Store, limits: Limits, who: Answering, now: number): Promise<Attempt> {
  const { factor, account, name } = who
  const nothing = { account: null, authenticators: [], byPerson: [] } as const
  const byAddress = await charge(inside, perAddress(limits), `address ${budgetOf(who.address)}`, now)
  if (!byAddress.ok) return { ...nothing, stopped: 'address', lockedUntil: byAddress.lockedUntil, byAddress }
  const own = who.known ? await lockOf(inside, who, now) : null
  if (own !== null) return { ...nothing, stopped: 'name', lockedUntil: own, byAddress }
  const byName = await charge(inside, perPerson(limits), nameKey(factor, name), now)
  if (!byName.ok) return { ...nothing, stopped: 'name', lockedUntil: byName.lockedUntil, byAddress }

  // To somebody who has proven nothing only the name's own lock is shown, and an account that is locked under another of
  // its names is not told apart from nobody's: the same queries, the same work, the same answer.
  const behind = account ? accountKey(factor, account) : `${factor} of nobody ${name}`
  const byAccount = await charge(inside, perPerson(limits), behind, now)
  const whom = byAccount.ok ? account : null
  const lockedUntil = Math.max(byName.lockedUntil, who.known ? byAccount.lockedUntil : 0)
  return {
    stopped: null,
    lockedUntil: lockedUntil > now ? lockedUntil : null,
    account: whom,
    authenticators: await inside.authenticators.charge(whom ?? '', factor, who.ids, mostFailures(factor, limits)),
    byAddress,
    byPerson: byAccount.ok ? [byName, byAccount] : [byName],
  }
}

/** Until when somebody who has proven who they are has to wait with a factor (epoch milliseconds); null when they need not. */
export async function lockOf(
  { attempts }: Store,
  { factor, name, account }: Pick<Answering, 'factor' | 'name' | 'account'>,
  now: number,
): Promise<number | null> {
  const keys = [nameKey(factor, name), accountKey(factor, account)]
  const counted = await Promise.all(keys.map((key) => attempts.get(key)))
  const until = Math.max(...counted.map((one) => one?.lockedUntil ?? 0))
  return until > now ? until : null
}

/** It failed on our side: it never happened. */
export async function refundAttempt(store: Store, limits: Limits, attempt: Attempt): Promise<void> {
  await store.transaction(async (inside) => {
    await giveBack(inside, perAddress(limits), attempt.byAddress)
    for (const one of attempt.byPerson) await giveBack(inside, perPerson(limits), one)
    await inside.authenticators.refund(attempt.authenticators.map(({ id }) => id))
  })
}

/**
 * It was right, with one of the authenticators: that one and the person have no failures any more, the address and the
 * other ones one less. Inside the transaction of the evidence; false when that authenticator cannot prove anything.
 */
export async function settleAttempt(
  inside: Store,
  limits: Limits,
  attempt: Attempt,
  authenticator: string,
  now: number,
): Promise<boolean> {
  const used = attempt.authenticators.find(({ id }) => id === authenticator)
  if (!used || !(await inside.authenticators.used(used, now))) return false
  await inside.authenticators.refund(attempt.authenticators.flatMap(({ id }) => (id === used.id ? [] : [id])))
  await inside.attempts.clear(attempt.byPerson.map(({ key }) => key))
  await giveBack(inside, perAddress(limits), attempt.byAddress)
  return true
}
