import type { BuiltFactor } from '#shared/factors/index.ts'
import { allFactors, type FactorId, traitsOf } from '#shared/factors/table.ts'
import { budgetOf } from '../http/address.ts'
import type { Limits } from '../settings/attempts.ts'
import type { Attempts, Authenticator, FailureCount, Store } from '../store/store.ts'
import { type Counts, openCounts } from './counts.ts'
import { deviceKeptMs, type SeenDevice } from './device-cookie.ts'
import { aMinute, type Budget, type Charge, givenBack, growingWait } from './throttle.ts'

/** The facts about who answers that decide which wrong answers are counted together (decision 31). */
export interface Answerer {
  /** Whether something was proven in this sign-in: only then may the account's own lock be shown. */
  readonly hasProof: boolean
  /** The browser's device cookie, once the person has finished a sign-in in this browser: it has its own budget. */
  readonly device: SeenDevice | null
}

/** An answer before its verification. */
export interface Answering extends Answerer {
  readonly factor: BuiltFactor
  /** The canonical form of the typed name; where no account was named, the authenticator's handle. */
  readonly name: string | null
  readonly account: string | null
  /** The authenticators that may answer; null for all of the person's authenticators of the factor. */
  readonly ids: readonly string[] | null
  /** The network address; null when unknown. */
  readonly address: string | null
}

/** The budgets and authenticators that an answer was charged to. */
export interface Attempt {
  /** The spent budget, because of which nothing may be verified: of the address or of the name. */
  readonly stopped: 'address' | 'name' | null
  /** The end of the wait of the address or of the name as typed (epoch milliseconds); null without a wait. */
  readonly lockedUntil: number | null
  /** The account that the answer may prove; null also when the account has to wait under another of its names. */
  readonly account: string | null
  /** The authenticators that the answer may be checked against; each was charged. */
  readonly authenticators: readonly Authenticator[]
  /** The count of failures in which each authenticator was charged; null when none was. */
  readonly count: FailureCount | null
  readonly charged: readonly { readonly budget: Budget; readonly charge: Charge; readonly by: 'address' | 'person' }[]
}

const perPerson = (limits: Limits) => growingWait(limits.free_failures, limits.longest_wait, limits.forgotten_after)
const perAddress = (limits: Limits) => aMinute(limits.per_address_a_minute)
/** The browser's failures are remembered as long as the device cookie: a hundred are a hundred, over all waits. */
const perBrowser = (limits: Limits) => growingWait(limits.free_failures, limits.longest_wait, deviceKeptMs)

const nameKey = (factor: FactorId, name: string | null) => `${factor} of name ${name}`
const accountKey = (factor: FactorId, account: string) => `${factor} of account ${account}`
const provenKey = (factor: FactorId, account: string) => `${accountKey(factor, account)} after a proof`
const browserKey = (factor: FactorId, { account, device }: SeenDevice) =>
  `${accountKey(factor, account)} in browser ${device}`

/** The number of consecutive failures that shuts an authenticator (NIST SP 800-63B-4 §3.2.2). */
export const mostFailures = (factor: BuiltFactor, { disable_after }: Limits): number =>
  Math.ceil(disable_after / traitsOf(factor).fewerFailures)

const countOf = ({ hasProof }: Answerer): FailureCount => (hasProof ? 'failuresAfterProof' : 'failures')

/** The key of the browser's own budget; null when no sign-in here used one of these authenticators. */
function ownKeyOf(device: SeenDevice | null, factor: BuiltFactor, all: readonly Pick<Authenticator, 'id'>[]) {
  if (!device || !all.some(({ id }) => device.authenticators.includes(id))) return null
  return browserKey(factor, device)
}

const isUsedUp = (counted: Attempts | null | undefined, factor: BuiltFactor, limits: Limits) =>
  !!counted && counted.failures >= mostFailures(factor, limits)

/**
 * Whether wrong answers have shut an authenticator for this answerer, until a rebinding or an operator's unlock. Wrong
 * answers of strangers shut it for strangers; those after another proof shut it for everybody, except in browsers that
 * were signed in with it.
 */
export async function isShut(
  store: Store,
  limits: Limits,
  one: Pick<Authenticator, 'id' | 'factor' | FailureCount>,
  who: Answerer,
): Promise<boolean> {
  if (one[countOf(who)] < mostFailures(one.factor, limits)) return false
  const ownKey = ownKeyOf(who.device, one.factor, [one])
  return ownKey === null || isUsedUp(await store.attempts.get(ownKey), one.factor, limits)
}

/**
 * Charges an answer before its verification, inside a transaction: to the browser's own budget where it has one; else
 * to the network address, to the name as typed and the account behind it (after another proof: to the account's count
 * of such answers alone), and to every authenticator that the answer will be checked against. A spent budget stops the
 * charges after it.
 */
export async function chargeAttempt(inside: Store, limits: Limits, who: Answering, now: number): Promise<Attempt> {
  const { factor, account, ids, device } = who
  const count = countOf(who)
  const most = mostFailures(factor, limits)
  const theirs = account !== null && device ? await inside.authenticators.list(account, factor) : []
  const candidates = theirs.filter(({ id }) => ids?.includes(id) ?? true)
  const ownKey = ownKeyOf(device, factor, candidates)
  const own = ownKey === null ? null : await openCounts(inside, [ownKey], now)
  if (device && own && ownKey !== null && !isUsedUp(own.seen(ownKey), factor, limits)) {
    const paid = chargeBrowser(own, limits, ownKey, now)
    await own.write()
    if (paid.stopped) return { ...paid, ...nothing }
    // An authenticator that was never used in this browser is shut here as in any other browser.
    const authenticators = candidates.filter((one) => device.authenticators.includes(one.id) || one[count] < most)
    return { ...paid, account, authenticators, count: null }
  }
  const keys = keysOf(who)
  const counts = await openCounts(inside, [keys.address, ...keys.person], now)
  const { isLockedElsewhere, ...paid } = chargeStranger(counts, limits, keys, now)
  await counts.write()
  if (paid.stopped) return { ...paid, ...nothing }
  const whom = isLockedElsewhere ? null : account
  const authenticators = await inside.authenticators.charge(whom ?? '', factor, ids, most, count)
  return { ...paid, account: whom, authenticators, count }
}

const nothing = { account: null, authenticators: [], count: null } as const
type Paid = Pick<Attempt, 'stopped' | 'lockedUntil' | 'charged'>

/** The keys of an answer from a browser without a budget of its own: after a proof one of the person, before it two. */
function keysOf({ factor, account, name, address, hasProof }: Answering) {
  const stranger = [
    nameKey(factor, name),
    account ? accountKey(factor, account) : `${factor} of nobody ${name}`,
  ] as const
  const person = hasProof && account !== null ? ([provenKey(factor, account)] as const) : stranger
  return { address: `address ${budgetOf(address)}`, person }
}

function chargeBrowser(counts: Counts, limits: Limits, key: string, now: number): Paid {
  const budget = perBrowser(limits)
  const charge = counts.charge(budget, key)
  if (!charge.ok) return { stopped: 'name', lockedUntil: charge.lockedUntil, charged: [] }
  return { stopped: null, lockedUntil: after(charge, now), charged: [{ budget, charge, by: 'person' }] }
}

function chargeStranger(
  counts: Counts,
  limits: Limits,
  keys: ReturnType<typeof keysOf>,
  now: number,
): Paid & { readonly isLockedElsewhere: boolean } {
  const address = { budget: perAddress(limits), by: 'address' } as const
  const person = { budget: perPerson(limits), by: 'person' } as const
  const byAddress = counts.charge(address.budget, keys.address)
  if (!byAddress.ok)
    return { stopped: 'address', lockedUntil: byAddress.lockedUntil, charged: [], isLockedElsewhere: false }
  const paid: Attempt['charged'] = [{ ...address, charge: byAddress }]
  const [shown, behind] = keys.person
  const byShown = counts.charge(person.budget, shown)
  if (!byShown.ok) return { stopped: 'name', lockedUntil: byShown.lockedUntil, charged: paid, isLockedElsewhere: false }
  // Before the first proof only the typed name's own lock is shown. An account that is locked under another of its
  // names must look like no account: the same queries, the same work, the same answer.
  const byAccount = behind === undefined ? null : counts.charge(person.budget, behind)
  const isLockedElsewhere = byAccount?.ok === false
  if (isLockedElsewhere) counts.keep(byAccount.key)
  const byPerson = (byAccount?.ok ? [byShown, byAccount] : [byShown]).map((charge) => ({ ...person, charge }))
  return { stopped: null, lockedUntil: after(byShown, now), charged: [...paid, ...byPerson], isLockedElsewhere }
}

const after = ({ lockedUntil }: Charge, now: number) => (lockedUntil > now ? lockedUntil : null)

/** The end of a proven person's wait with a factor (epoch milliseconds); null without a wait. */
export async function lockOf(
  store: Store,
  limits: Limits,
  { factor, account, ids, device }: Pick<Answering, 'factor' | 'account' | 'ids' | 'device'>,
  now: number,
): Promise<number | null> {
  if (account === null) return null
  const all = (await store.authenticators.listAll(account)).filter((one) => one.factor === factor)
  const theirs = all.filter(({ id }) => ids?.includes(id) ?? true)
  const ownKey = ownKeyOf(device, factor, theirs)
  const proven = provenKey(factor, account)
  const counts = await openCounts(store, ownKey === null ? [proven] : [ownKey, proven], now)
  const until =
    ownKey === null || isUsedUp(counts.seen(ownKey), factor, limits)
      ? counts.lockedUntil(perPerson(limits), proven)
      : counts.lockedUntil(perBrowser(limits), ownKey)
  return until > now ? until : null
}

/** The end of a stranger's wait with an account's factor (epoch milliseconds); null without a wait. */
export async function lockedUntil(
  store: Store,
  limits: Limits,
  factor: BuiltFactor,
  account: string,
  now: number,
): Promise<number | null> {
  const names = (await store.people.namesOf(account)).map((name) => nameKey(factor, name))
  const keys = [...names, accountKey(factor, account)]
  const counts = await openCounts(store, keys, now)
  const until = Math.max(...keys.map((key) => counts.lockedUntil(perPerson(limits), key)))
  return until > now ? until : null
}

/** Takes all charges of an answer back, when its verification failed on the server's side. */
export async function refundAttempt(store: Store, { charged, authenticators, count }: Attempt): Promise<void> {
  await store.transaction(async (inside) => {
    await inside.attempts.giveBack(charged.map(({ budget, charge }) => givenBack(budget, charge)))
    if (count)
      await inside.authenticators.refund(
        authenticators.map(({ id }) => id),
        count,
      )
  })
}

/**
 * Settles a right answer, inside the transaction of its evidence: the failures of its authenticator and of the person
 * are cleared, the address and the other authenticators get one failure back. False when the authenticator's secret was
 * replaced or removed meanwhile.
 */
export async function settleAttempt(
  inside: Store,
  { charged, authenticators, count }: Attempt,
  authenticator: string,
  now: number,
): Promise<boolean> {
  const used = authenticators.find(({ id }) => id === authenticator)
  if (!used || !(await inside.authenticators.used(used, now))) return false
  const unused = authenticators.flatMap(({ id }) => (id === used.id ? [] : [id]))
  if (count) await inside.authenticators.refund(unused, count)
  await inside.attempts.giveBack(charged.map(({ by, budget, charge }) => givenBack(budget, charge, by === 'person')))
  return true
}

/** Forgets all wrong answers to one factor of an account, or (null) to all its factors, from whatever browser. */
export async function forgiveFailures(inside: Store, account: string, factor: BuiltFactor | null): Promise<void> {
  await inside.authenticators.forgive(account, factor)
  const factors = factor === null ? allFactors : [factor]
  const names = await inside.people.namesOf(account)
  const keys = factors.flatMap((one) => [...names.map((name) => nameKey(one, name)), accountKey(one, account)])
  await inside.attempts.clear(keys)
  for (const one of factors) await inside.attempts.clearAll(`${accountKey(one, account)} `)
}
