import type { Facts } from '#shared/policy/engine/facts.ts'
import type { Next } from '#shared/policy/engine/next.ts'
import { isShut, mostFailures } from '../attempts/attempt.ts'
import { type SeenDevice, seenDeviceOf } from '../attempts/device-cookie.ts'
import { isAhead } from '../clock/instants.ts'
import type { Client } from '../config/load.ts'
import type { AppContext } from '../context/app-context.ts'
import type { Authenticator, ProvenEvidence } from '../store/store.ts'
import { countingOf, personOf } from './counting.ts'
import { evidenceOf } from './evidence.ts'
import { isKnownBrowser } from './known-browser.ts'
import type { Origin } from './origin.ts'

/** The person that a decision is about, and their evidence: by its keys in the log, or as it was read already. */
export interface Who extends Origin {
  readonly named: boolean
  readonly account: string | null
  readonly session: string | null
  readonly signIn: string | readonly ProvenEvidence[] | null
}

export type AuthenticatorSummary = Omit<Authenticator, 'credential'>
export interface PersonFacts {
  readonly facts: Facts
  /** The evidence among the facts, as the log has it. */
  readonly proven: readonly ProvenEvidence[]
  /** The person's authenticators, once they have proven something; until then none. */
  readonly authenticators: readonly AuthenticatorSummary[]
}

/** Loads all that the policy is told. About a person who has proven nothing there is nothing to look up. */
export async function loadFacts(app: AppContext, { clientRules, policyHash }: Client, who: Who): Promise<PersonFacts> {
  const { store, config } = app
  const { named, account, address } = who
  const now = app.now().getTime()
  const isTheirs = (one: { account: string }) => one.account === account
  const proven = await evidenceOf(store, who.session, who.signIn, now - config.sessions.longest)
  const person = account !== null && proven.some(isTheirs) ? await personOf(app, account) : null
  const evidence = proven.filter((one) => !isTheirs(one)).concat(countingOf(person, proven.filter(isTheirs), now))
  const isKnown = await isKnownBrowser(app, who.signedBefore, account, policyHash)
  const browser: Facts['browser'] = isKnown ? 'known' : 'new'
  const facts = { named, account, evidence, address, browser, now }
  if (!person || !evidence.some(isTheirs))
    return { facts: { ...facts, groups: null, enrolled: null, appliedSince: {} }, proven: evidence, authenticators: [] }

  const device = await seenDeviceOf(app, who.devices, person.id)
  const authenticators = await enrolledBy(app, person.id, device)
  const appliedSince = await appliedTo(app, clientRules.policy, person.id)
  const known = { ...facts, groups: person.groups, enrolled: authenticators, appliedSince }
  return { facts: known, proven: evidence, authenticators }
}

/**
 * Somebody's authenticators, and which of them wrong answers have shut in this browser, now that something is proven.
 * Wrong answers end the use of an authenticator, and not what it proved before: else a stranger could end its owner's
 * sessions. When an authenticator was bound is not known where a clock that was ahead says it: it would be newer than
 * everything.
 */
export async function enrolledBy(
  { store, config, now }: Pick<AppContext, 'store' | 'config' | 'now'>,
  account: string,
  device: SeenDevice | null,
) {
  const all = await store.authenticators.listAll(account)
  const here = now().getTime()
  const who = { hasProof: true, device }
  return Promise.all(
    all.map(async (one) => ({
      ...one,
      boundAt: one.boundAt !== null && isAhead(one.boundAt, here) ? null : one.boundAt,
      disabled: await isShut(store, config.attempts, one, who),
      shutForStrangers: one.failures >= mostFailures(one.factor, config.attempts),
    })),
  )
}

const kind = 'Applied'
const keptMs = 10 * 365 * 86_400_000
const idOf = (account: string, policy: string, rule: string) => JSON.stringify([account, policy, rule])
const withGrace = ({ rules }: Client['clientRules']['policy']) => rules.filter(({ enrol }) => typeof enrol === 'object')

/**
 * When the grace rules of a policy first applied to somebody, by rule name (epoch milliseconds); an instant of a clock
 * that was ahead gives no grace.
 */
export async function appliedTo(
  { store, now }: Pick<AppContext, 'store' | 'now'>,
  policy: Client['clientRules']['policy'],
  account: string,
) {
  const since: Record<string, number> = {}
  for (const rule of withGrace(policy)) {
    const found = await store.documents.get(kind, idOf(account, policy.name, rule.name))
    if (found && !isAhead(Number(found.value.at), now().getTime())) since[rule.name] = Number(found.value.at)
  }
  return since
}

/** Stores when a grace rule first applied to somebody: never before they have proven who they are. */
export async function rememberGrace(
  { store }: AppContext,
  { clientRules }: Client,
  { facts }: PersonFacts,
  decision: Next,
) {
  const { account, now, appliedSince } = facts
  const isTheirs = decision.is === 'done' || decision.is === 'enrol' || (decision.is === 'answer' && decision.hasProof)
  if (account === null || !isTheirs) return
  for (const { name } of withGrace(clientRules.policy))
    if (decision.rules.includes(name) && appliedSince[name] === undefined)
      await store.documents.put(kind, idOf(account, clientRules.policy.name, name), { at: now }, now + keptMs)
}
