import { requestFrom } from '#shared/authorization-request.ts'
import { type Explanation, explain } from '#shared/policy/tools/explain.ts'
import type { BenchEvent, BenchRun } from '#shared/wire/bench.ts'
import type { AppContext } from '../context/app-context.ts'
import { appliedTo, enrolledBy } from '../evidence/facts.ts'
import type { WrittenEntry } from '../store/entry.ts'

type Proven = Extract<WrittenEntry, { kind: 'proven' }>
type OfRun = Extract<WrittenEntry, { client: string }>

/** What stands behind one request, by the nonce that only its relying party knows; `asked` is what it asked for. */
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
  // What was refused or given up rests on what was proven since its last beginning.
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

/** The engine's own words; null when the policy is not the one any more that decided. */
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
  // What somebody has and is decides nothing before they have proven who they are.
  const known = proven.length > 0 ? account : null
  const person = known === null ? null : await store.people.get(known)
  return explain(client.clientRules, requestFrom(last.client, asked, null), {
    named: true,
    account,
    groups: person?.groups ?? null,
    enrolled: known === null ? null : await enrolledBy(app, known, null),
    appliedSince: known === null ? {} : await appliedTo(app, client.clientRules.policy, known),
    // Neither was kept at first.
    address: last.where ?? null,
    browser: ('browser' in last && last.browser) || null,
    // All of it was relied on then, whatever its age is now.
    evidence: proven.map(({ proof, ...one }) => ({ ...one, ...proof, current: true })),
    now: last.at,
  })
}
