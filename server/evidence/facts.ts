import type { Facts } from '#shared/policy/facts.ts'
import type { Next } from '#shared/policy/next.ts'
import type { Client } from '../config/load.ts'
import { isDisabled } from '../guard/attempt.ts'
import type { House } from '../house.ts'
import type { SignedBefore } from '../provider/browser.ts'
import type { Authenticator, Store } from '../store/store.ts'
import { evidenceOf } from './evidence.ts'

/** Whom a decision is about, and where what they proved is written. */
export interface Who {
  readonly named: boolean
  readonly account: string | null
  readonly session: string | null
  readonly signIn: string | null
  /** The network address that the request comes from; null when that cannot be known. */
  readonly address: string | null
  readonly signedBefore: SignedBefore
}

export type Listed = Omit<Authenticator, 'kept'>
export interface Known {
  readonly facts: Facts
  /** The person's, once they have proven something. */
  readonly authenticators: readonly Listed[]
}

/** All that the policy engine is told. About a person who has proven nothing there is nothing to look up. */
export async function factsOf({ store, config, now }: House, { terms }: Client, who: Who): Promise<Known> {
  const { named, account, address } = who
  const at = now().getTime()
  const proven = await evidenceOf(store, who.session, who.signIn, at - config.sessions.longest)
  const isTheirs = account !== null && proven.some((one) => one.account === account)
  const person = isTheirs ? await store.people.get(account) : null
  // Of somebody who is disabled nothing counts, as if nothing had been proven.
  const evidence = person?.disabled ? [] : proven
  const isKnown = who.signedBefore.some((one) => one.account === account && one.policy === terms.policy.name)
  const browser: Facts['browser'] = isKnown ? 'known' : 'new'
  const facts = { named, account, evidence, address, browser, now: at }
  if (!isTheirs || person?.disabled)
    return { facts: { ...facts, groups: null, enrolled: null, appliedSince: {} }, authenticators: [] }

  const authenticators = await enrolledBy({ store, config }, account)
  const appliedSince = await appliedTo(store, terms.policy, account)
  return {
    facts: { ...facts, groups: person?.groups ?? null, enrolled: authenticators, appliedSince },
    authenticators,
  }
}

/** Guessing ends the use of one, and not what it proved before: else a stranger could end its owner's sessions. */
export async function enrolledBy({ store, config }: Pick<House, 'store' | 'config'>, account: string) {
  const all = await store.authenticators.listAll(account)
  return all.map((one) => ({ ...one, disabled: isDisabled(one, config.attempts) }))
}

const kind = 'Applied'
const keptMs = 10 * 365 * 86_400_000
const idOf = (account: string, policy: string, rule: string) => JSON.stringify([account, policy, rule])
const withGrace = ({ rules }: Client['terms']['policy']) => rules.filter(({ enrol }) => typeof enrol === 'object')

/** When the rules of a policy that give time first applied to somebody. */
export async function appliedTo(store: Store, policy: Client['terms']['policy'], account: string) {
  const since: Record<string, number> = {}
  for (const rule of withGrace(policy)) {
    const found = await store.documents.get(kind, idOf(account, policy.name, rule.name))
    if (found) since[rule.name] = Number(found.value.at)
  }
  return since
}

/** Remembers when a rule that gives time first applied to somebody: never before they have proven who they are. */
export async function rememberGrace({ store }: House, { terms }: Client, { facts }: Known, decision: Next) {
  const { account, now, appliedSince } = facts
  const isTheirs = decision.is === 'done' || decision.is === 'enrol' || (decision.is === 'answer' && decision.known)
  if (account === null || !isTheirs) return
  for (const { name } of withGrace(terms.policy))
    if (decision.rules.includes(name) && appliedSince[name] === undefined)
      await store.documents.add(kind, idOf(account, terms.policy.name, name), { at: now }, now + keptMs)
}
