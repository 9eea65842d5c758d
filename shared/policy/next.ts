import { type Level, levels, strongest } from '../acr/levels.ts'
import type { Ask } from '../ask.ts'
import type { Evidence } from '../evidence.ts'
import { contracts, type FactorId } from '../factors/index.ts'
import type { Refusal } from '../refusal.ts'
import type { Flow, Policy, Step } from './policy.ts'

/** What is known so far. */
export interface Facts {
  /** Somebody has been named; says nothing about whether they exist. */
  readonly named: boolean
  readonly account: string | null
  readonly evidence: readonly Evidence[]
  /** Epoch milliseconds. */
  readonly now: number
}

/** How a client's requests are to be taken: its acr aliases, and whether an unmet acr fails. */
export interface Terms {
  readonly policy: Policy
  readonly strict: boolean
  readonly aliases: Readonly<Record<string, string>>
}

/** The doors of the flow that is offered, in order. */
export interface Door {
  readonly factors: Step
  readonly state: 'passed' | 'open' | 'ahead'
}

export type Next =
  | { readonly is: 'identify' }
  | { readonly is: 'answer'; readonly factors: readonly FactorId[]; readonly doors: readonly Door[] }
  | {
      readonly is: 'done'
      readonly acr: string
      readonly evidence: readonly Evidence[]
      readonly doors: readonly Door[]
    }
  | { readonly is: 'refuse'; readonly why: Refusal }

/** A flow, the evidence that fills its first steps, and what is still open. */
interface Course {
  readonly flow: Flow
  readonly filled: readonly Evidence[]
}

/** The policy engine: pure, and the only place where a sequence is decided. */
export function next(terms: Terms, ask: Ask, facts: Facts): Next {
  const rule = terms.policy.rules[0]
  if (!rule || rule.flows.length === 0) return { is: 'refuse', why: { code: 'denied' } }

  const proven = facts.evidence.filter((one) => one.account === facts.account)
  const wrongPerson = ask.subject !== null && ask.subject !== facts.account
  if (wrongPerson && proven.some((one) => one.current)) return { is: 'refuse', why: { code: 'wrong-person' } }
  const counting = wrongPerson ? [] : newest(proven.filter((one) => counts(one, ask, facts)))
  const wanted = wantedOf(terms, ask)
  const courses = rule.flows
    .map((flow) => ({ flow, filled: fill(flow, counting) }))
    .filter((course) => wanted === null || couldMeet(course, counting, wanted))
  const [preferred] = courses
  if (!preferred) return { is: 'refuse', why: { code: 'unmet' } }

  const finished = courses.find(({ flow, filled }) => filled.length === flow.length)
  const acr = finished ? acrOf(wanted, counting) : null
  if (finished && acr) return { is: 'done', acr, evidence: counting, doors: doorsOf(finished) }
  if (!facts.named) return { is: 'identify' }

  const factors = new Set(courses.flatMap(({ flow, filled }) => flow[filled.length] ?? []))
  if (factors.size === 0) return { is: 'refuse', why: { code: 'unmet' } }
  return { is: 'answer', factors: [...factors], doors: doorsOf(preferred) }
}

/** Earlier evidence is discarded item by item: all of it by `prompt=login`, what is too old by `max_age`. */
function counts(one: Evidence, ask: Ask, facts: Facts): boolean {
  if (one.current) return true
  if (ask.fresh) return false
  return ask.maxAgeSeconds === null || facts.now - one.at <= ask.maxAgeSeconds * 1000
}

/** An authenticator that was used twice counts as it was used last. */
const newest = (evidence: readonly Evidence[]) =>
  evidence.filter((one, at) => !evidence.some((other, later) => replaces(other, later, one, at)))

const replaces = (other: Evidence, later: number, one: Evidence, at: number) =>
  other.authenticator === one.authenticator && (other.at > one.at || (other.at === one.at && later > at))

/** Evidence into steps, in order, one authenticator never twice. */
function fill(flow: Flow, evidence: readonly Evidence[]): readonly Evidence[] {
  const filled: Evidence[] = []
  for (const step of flow) {
    const used = new Set(filled.map((one) => one.authenticator))
    const found = evidence.find((one) => step.includes(one.factor) && !used.has(one.authenticator))
    if (!found) break
    filled.push(found)
  }
  return filled
}

type Wanted = readonly { readonly value: string; readonly level: Level | null }[]

/** The acr values that this request must or may end with; null when it asks for none, or a voluntary one is unknown. */
function wantedOf(terms: Terms, ask: Ask): Wanted | null {
  const values = ask.essentialAcr ?? (ask.acrValues.length > 0 ? ask.acrValues : null)
  if (values === null) return null
  const wanted = values.map((value) => ({ value, level: levelOf(terms, value) }))
  const met = wanted.some(({ level }) => level && bestCase(terms.policy).some((flow) => level(flow)))
  return terms.strict || ask.essentialAcr || met ? wanted : null
}

function levelOf(terms: Terms, value: string): Level | null {
  const name = Object.hasOwn(terms.aliases, value) ? terms.aliases[value] : value
  return name !== undefined && Object.hasOwn(levels, name) ? levels[name as keyof typeof levels] : null
}

const bestCase = (policy: Policy) => (policy.rules[0]?.flows ?? []).flatMap((flow) => endings({ flow, filled: [] }, []))

const couldMeet = (course: Course, counting: readonly Evidence[], wanted: Wanted) =>
  endings(course, counting).some((ending) => wanted.some(({ level }) => level?.(ending)))

/** Every set of evidence with which a course could finish: one potential proof for each open step. */
function endings({ flow, filled }: Course, counting: readonly Evidence[]): readonly (readonly Evidence[])[] {
  const open = flow.slice(filled.length)
  return open.reduce<readonly (readonly Evidence[])[]>(
    (sofar, step, at) => sofar.flatMap((ending) => step.map((factor) => [...ending, potential(factor, at)])),
    [counting],
  )
}

const potential = (factor: FactorId, step: number): Evidence => ({
  ...contracts[factor].potential,
  id: '',
  account: '',
  factor,
  authenticator: `step ${step}`,
  at: 0,
  current: true,
})

/** The first requested value that the evidence satisfies; the strongest level when nothing was asked. */
const acrOf = (wanted: Wanted | null, evidence: readonly Evidence[]): string | null =>
  wanted ? (wanted.find(({ level }) => level?.(evidence))?.value ?? null) : strongest(evidence)

const doorsOf = ({ flow, filled }: Course): readonly Door[] =>
  flow.map((factors, at) => ({
    factors,
    state: at < filled.length ? 'passed' : at === filled.length ? 'open' : 'ahead',
  }))
