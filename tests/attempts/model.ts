import type { Answering, Attempt } from '#server/attempts/attempt.ts'
import type { Limits } from '#server/settings/attempts.ts'
import type { BuiltFactor } from '#shared/factors/index.ts'
import { traitsOf } from '#shared/factors/table.ts'

/** A count as the table has it, without its revision. */
export interface Count {
  readonly failures: number
  readonly lockedUntil: number
  readonly forgottenAt: number
}
interface Terms {
  readonly wait: (failures: number) => number
  readonly forgottenAt: (now: number, before: number | null) => number
  readonly longestWait: number
  readonly longestMemory: number
}
type Failures = Record<'failures' | 'failuresAfterProof', number>
interface Charged {
  readonly key: string
  readonly ok: boolean
  readonly lockedUntil: number
}
export interface ModelAttempt extends Pick<Attempt, 'stopped' | 'lockedUntil' | 'account' | 'count'> {
  readonly charged: readonly (Charged & { readonly terms: Terms; readonly by: 'address' | 'person' })[]
  readonly ids: readonly string[]
}

const minute = 60_000
const skew = 5 * minute

/** Wrong answers as they are to be counted: one key at a time, each read, judged and written before the next. */
export function attemptsModel(limits: Limits, owned: Readonly<Record<string, readonly string[]>>) {
  const counts = new Map<string, Count>()
  const failures = new Map<string, Failures>(
    Object.values(owned)
      .flat()
      .map((id) => [id, { failures: 0, failuresAfterProof: 0 }]),
  )
  const growing = (longestMemory: number): Terms => ({
    wait: (n) =>
      n < limits.free_failures ? 0 : Math.min(2 ** (n - limits.free_failures) * minute, limits.longest_wait),
    forgottenAt: (now) => now + longestMemory,
    longestWait: limits.longest_wait,
    longestMemory,
  })
  const [perPerson, perBrowser] = [growing(limits.forgotten_after), growing(90 * 24 * 60 * minute)]
  const perAddress: Terms = {
    wait: (n) => (n < limits.per_address_a_minute ? 0 : minute),
    forgottenAt: (now, before) => before ?? now + minute,
    longestWait: minute,
    longestMemory: minute,
  }

  const mostOf = (factor: BuiltFactor) => Math.ceil(limits.disable_after / traitsOf(factor).fewerFailures)

  function charge(key: string, terms: Terms, now: number): Charged {
    const seen = counts.get(key)
    const isCounted = seen !== undefined && seen.forgottenAt > now
    const until = isCounted && seen.lockedUntil <= now + terms.longestWait + skew ? seen.lockedUntil : 0
    if (until > now) return { key, ok: false, lockedUntil: until }
    const before = isCounted ? Math.min(seen.forgottenAt, now + terms.longestMemory) : null
    const n = (isCounted ? seen.failures : 0) + 1
    const forgottenAt = terms.forgottenAt(now, before)
    const lockedUntil = terms.wait(n) === 0 ? 0 : Math.min(now + terms.wait(n), forgottenAt)
    counts.set(key, { failures: n, lockedUntil, forgottenAt })
    return { key, ok: true, lockedUntil }
  }

  function giveBack({ key, lockedUntil, terms }: ModelAttempt['charged'][number]) {
    const seen = counts.get(key)
    if (!seen || seen.failures === 0) return
    const stays = terms.wait(seen.failures - 1) > 0 && seen.lockedUntil !== lockedUntil
    counts.set(key, { ...seen, failures: seen.failures - 1, lockedUntil: stays ? seen.lockedUntil : 0 })
  }

  const waitUntil = (key: string, terms: Terms, now: number): number | null => {
    const seen = counts.get(key)
    if (!seen || seen.forgottenAt <= now || seen.lockedUntil > now + terms.longestWait + skew) return null
    return seen.lockedUntil > now ? seen.lockedUntil : null
  }
  const browserKey = (factor: string, { account, device }: NonNullable<Answering['device']>) =>
    `${factor} of account ${account} in browser ${device}`
  const isUsedUp = (key: string, most: number) => (counts.get(key)?.failures ?? 0) >= most

  function refundEach(ids: readonly string[], count: keyof Failures) {
    for (const id of ids) {
      const one = failures.get(id)
      if (one && one[count] > 0) one[count] -= 1
    }
  }

  return {
    counts,
    failures,
    charge({ factor, account, name, ids, hasProof, device, address }: Answering, now: number): ModelAttempt {
      const nobody = { account: null, ids: [], count: null } as const
      const count = hasProof ? 'failuresAfterProof' : 'failures'
      const most = mostOf(factor)
      const theirs = (owned[`${factor} of ${account}`] ?? []).filter((id) => ids?.includes(id) ?? true)
      const later = ({ lockedUntil }: Charged) => (lockedUntil > now ? lockedUntil : null)
      if (account !== null && device && theirs.some((id) => device.authenticators.includes(id))) {
        const key = browserKey(factor, device)
        if (!isUsedUp(key, most)) {
          const paid = charge(key, perBrowser, now)
          if (!paid.ok) return { ...nobody, stopped: 'name', lockedUntil: paid.lockedUntil, charged: [] }
          const open = theirs.filter(
            (id) => device.authenticators.includes(id) || (failures.get(id)?.[count] ?? 0) < most,
          )
          const charged = [{ ...paid, terms: perBrowser, by: 'person' }] as const
          return { stopped: null, lockedUntil: later(paid), account, ids: open, count: null, charged }
        }
      }
      const chargeEach = (whom: string | null) => {
        const open = whom === null ? [] : theirs.filter((id) => (failures.get(id)?.[count] ?? 0) < most)
        for (const one of open.map((id) => failures.get(id))) if (one) one[count] += 1
        return open
      }
      const byAddress = charge(`address ${address}`, perAddress, now)
      if (!byAddress.ok) return { ...nobody, stopped: 'address', lockedUntil: byAddress.lockedUntil, charged: [] }
      const paid = [{ ...byAddress, terms: perAddress, by: 'address' }] as const
      const first = hasProof && account !== null ? `account ${account} after a proof` : `name ${name}`
      const shown = charge(`${factor} of ${first}`, perPerson, now)
      if (!shown.ok) return { ...nobody, stopped: 'name', lockedUntil: shown.lockedUntil, charged: paid }
      const charged = [...paid, { ...shown, terms: perPerson, by: 'person' } as const]
      const rest = { stopped: null, lockedUntil: later(shown), count } as const
      if (hasProof && account !== null) return { ...rest, account, ids: chargeEach(account), charged }
      const behind = charge(`${factor} of ${account ? `account ${account}` : `nobody ${name}`}`, perPerson, now)
      if (!behind.ok) return { ...rest, account: null, ids: chargeEach(null), charged }
      const both = [...charged, { ...behind, terms: perPerson, by: 'person' } as const]
      return { ...rest, account, ids: chargeEach(account), charged: both }
    },
    /** The end of the wait of somebody who has proven another factor. */
    lockOf(factor: BuiltFactor, account: string, device: Answering['device'], now: number): number | null {
      const isTheirs = (owned[`${factor} of ${account}`] ?? []).some((id) => device?.authenticators.includes(id))
      const key = device && browserKey(factor, device)
      if (isTheirs && key && !isUsedUp(key, mostOf(factor))) return waitUntil(key, perBrowser, now)
      return waitUntil(`${factor} of account ${account} after a proof`, perPerson, now)
    },
    /** The end of the wait of somebody who has proven nothing. */
    lockedUntil(factor: BuiltFactor, account: string, names: readonly string[], now: number): number | null {
      const keys = [...names.map((name) => `name ${name}`), `account ${account}`]
      const waits = keys.map((of) => waitUntil(`${factor} of ${of}`, perPerson, now) ?? 0)
      return Math.max(...waits) || null
    },
    refund({ charged, ids, count }: ModelAttempt) {
      for (const one of charged) giveBack(one)
      if (count) refundEach(ids, count)
    },
    settle({ charged, ids, count }: ModelAttempt, id: string): boolean {
      const used = failures.get(id)
      if (!ids.includes(id) || !used) return false
      Object.assign(used, { failures: 0, failuresAfterProof: 0 })
      if (count)
        refundEach(
          ids.filter((one) => one !== id),
          count,
        )
      for (const one of charged) one.by === 'person' ? counts.delete(one.key) : giveBack(one)
      return true
    },
    sweep(expired: number) {
      for (const [key, { forgottenAt }] of counts) if (forgottenAt < expired) counts.delete(key)
    },
  }
}
