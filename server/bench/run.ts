import { requestFrom } from '#shared/authorization-request.ts'
import { type Explanation, explain } from '#shared/policy/tools/explain.ts'
import type { BenchEvent, BenchRun } from '#shared/wire/bench.ts'
import type { AppContext } from '../context/app-context.ts'
import { appliedTo, enrolledBy } from '../evidence/facts.ts'
import type { WrittenEntry } from '../store/entry.ts'

type Proven = Extract<WrittenEntry, { kind: 'proven' }>
type OfRun = Extract<WrittenEntry, { client: string }>

/**
 * The evidence and the explanation behind one authorization request, found by the nonce that only its relying party
 * knows; `asked` are its parameters. Null for an unknown nonce.
 */
export async function runOf(
  app: AppContext,
  client: string,
  run: string,
  asked: Readonly<Record<string, string>>,
): Promise<BenchRun | null> {
  const { records } = app.store
  const clientRules = app.config.clients.get(client)?.clientRules
  const written = (await records.ofRun(client, run)).filter((entry) => 'client' in entry)
  const issued = written.findLast(({ kind }) => kind === 'issued')
  const last = issued ?? written.at(-1)
  if (!last) return null
  // A refused or cancelled sign-in rests on what was proven since its last restart.
  const rests = last.kind === 'issued' ? await records.read(last.evidence) : await records.trail([last.signIn])
  const proven = rests.filter((entry) => entry.kind === 'proven')
  const signIns = [...proven, ...written].flatMap((entry) => ('signIn' in entry ? [entry.signIn] : []))
  return {
    at: new Date(last.at).toISOString(),
    policy: clientRules?.policy.name ?? '',
    evidence: proven.map(({ id, at, factor, proof }) => ({ id, at: new Date(at).toISOString(), factor, ...proof })),
    trail: (await records.trail([...new Set(signIns)])).flatMap(eventOf),
    why: await whyOf(app, last, proven, asked),
  }
}

function eventOf(entry: WrittenEntry): readonly BenchEvent[] {
  if (!('signIn' in entry)) return []
  const { id, at, kind, factor, where } = entry
  const why = kind === 'refused' ? [entry.why, entry.remark ?? []].flat().join(': ') : null
  return [{ id, at: new Date(at).toISOString(), kind, factor, where, why }]
}

/** The explanation of a decision; null when the client's policy is another one by now. */
async function whyOf(
  app: AppContext,
  last: OfRun,
  proven: readonly Proven[],
  asked: Readonly<Record<string, string>>,
): Promise<Explanation | null> {
  const { store } = app
  const client = app.config.clients.get(last.client)
  if (!client || client.policyHash !== last.policy) return null
  const { account } = proven.at(-1) ?? last
  // Authenticators and groups decide nothing before the person has proven who they are.
  const known = proven.length > 0 ? account : null
  const person = known === null ? null : await store.people.get(known)
  return explain(client.clientRules, requestFrom(last.client, asked, null), {
    named: true,
    account,
    groups: person?.groups ?? null,
    enrolled: known === null ? null : await enrolledBy(app, known, null),
    appliedSince: known === null ? {} : await appliedTo(app, client.clientRules.policy, known),
    // Absent in rows that were written before these fields existed.
    address: last.where ?? null,
    browser: ('browser' in last && last.browser) || null,
    // All of the evidence counted then, whatever its age is now.
    evidence: proven.map(({ proof, ...one }) => ({ ...one, ...proof, current: true })),
    now: last.at,
  })
}
