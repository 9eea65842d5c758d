import { askOf } from '#shared/ask.ts'
import type { BenchEvent, BenchRun } from '#shared/bench.ts'
import { type Explanation, explain } from '#shared/policy/explain.ts'
import type { House } from '../house.ts'
import type { Written } from '../store/store.ts'

type Issued = NonNullable<Awaited<ReturnType<House['store']['records']['issued']>>>
type Proven = Extract<Written, { kind: 'proven' }>

/** What stands behind one authorization, by the nonce that only its relying party knows; `asked` is what it asked for. */
export async function runOf(
  house: House,
  client: string,
  run: string,
  asked: Readonly<Record<string, string>>,
): Promise<BenchRun | null> {
  const { records } = house.store
  const issued = await records.issued(client, run)
  if (!issued) return null
  const written = await records.read(issued.evidence)
  const proven = written.filter((entry) => entry.kind === 'proven')
  const trail = await records.trail([...new Set(proven.map(({ signIn }) => signIn))])
  return {
    at: new Date(issued.at).toISOString(),
    acr: issued.acr,
    amr: issued.amr,
    policy: issued.policy,
    evidence: proven.map(({ id, at, factor, proof }) => ({ id, at: new Date(at).toISOString(), factor, ...proof })),
    trail: trail.flatMap(eventOf),
    why: await whyOf(house, issued, proven, asked),
  }
}

function eventOf(entry: Written): readonly BenchEvent[] {
  if (!('signIn' in entry)) return []
  const { id, at, kind, factor, where } = entry
  const why = kind === 'refused' ? [entry.why, entry.remark ?? []].flat().join(': ') : null
  return [{ id, at: new Date(at).toISOString(), kind, factor, where, why }]
}

/** The engine's own words; null when the policy is not the one any more that decided. */
async function whyOf(
  { store, config }: House,
  issued: Issued,
  proven: readonly Proven[],
  asked: Readonly<Record<string, string>>,
): Promise<Explanation | null> {
  const client = config.clients.get(issued.client)
  if (!client || client.policyHash !== issued.policy) return null
  const person = await store.people.get(issued.account)
  return explain(client.terms, askOf(issued.client, asked, null), {
    named: true,
    account: issued.account,
    groups: person?.groups ?? null,
    enrolled: await store.authenticators.listAll(issued.account),
    appliedSince: {},
    address: null,
    browser: null,
    // All of it was relied on then, whatever its age is now.
    evidence: proven.map(({ proof, ...one }) => ({ ...one, ...proof, current: true })),
    now: issued.at,
  })
}
