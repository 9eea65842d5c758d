import { meaningOf } from '../acr/index.ts'
import { strongest } from '../acr/levels.ts'
import { satisfied } from '../acr/meaning.ts'
import type { Ask } from '../ask.ts'
import type { Evidence } from '../evidence.ts'
import type { FactorId } from '../factors/table.ts'
import type { Refusal } from '../refusal.ts'
import { type Course, courseOf, openStep } from './course.ts'
import { narrow, type Wanted } from './narrow.ts'
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

const refuse = (code: Refusal['code']): Next => ({ is: 'refuse', why: { code } })

/** The policy engine: pure, and the only place where a sequence is decided. */
export function next(terms: Terms, ask: Ask, facts: Facts): Next {
  const rule = terms.policy.rules[0]
  if (!rule || rule.flows.length === 0) return refuse('denied')

  const proven = facts.evidence.filter((one) => one.account === facts.account)
  const wrongPerson = ask.subject !== null && ask.subject !== facts.account
  if (wrongPerson && proven.some((one) => one.current)) return refuse('wrong-person')
  const counting = wrongPerson ? [] : newest(proven.filter((one) => counts(one, ask, facts)))

  const asked = askedOf(terms, ask, rule.flows, counting, facts.now)
  if (asked.flows.length === 0) return refuse('unmet')
  const courses = asked.flows.map((flow) => courseOf(flow, counting))
  const finished = courses.find((course) => openStep(course) === null)
  const acr = finished ? acrOf(asked.wanted, counting, facts.now) : null
  if (finished && acr) return { is: 'done', acr, evidence: counting, doors: doorsOf(finished) }
  if (!facts.named) return { is: 'identify' }

  const open = courses.filter((course) => openStep(course) !== null)
  const [preferred] = open
  if (!preferred) return refuse('unmet')
  const factors = new Set(open.flatMap((course) => course.flow[openStep(course) ?? 0] ?? []))
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

interface Asked {
  readonly flows: readonly Flow[]
  /** The values one of which the answer must end with; null when it need not. */
  readonly wanted: readonly Wanted[] | null
}

/** What the request leaves of the policy's flows. An essential acr must be met; a voluntary client's need not. */
function askedOf(terms: Terms, ask: Ask, flows: readonly Flow[], carried: readonly Evidence[], now: number): Asked {
  const known = (values: readonly string[]) =>
    values.flatMap((value) => {
      const meaning = meaningOf(value, terms.aliases)
      return meaning ? [{ value, meaning }] : []
    })
  const values = known(ask.acrValues)
  if (ask.essentialAcr) {
    const essential = known(ask.essentialAcr)
    const met = narrow(flows, essential, carried, now)
    // acr_values beside it narrow further where they can.
    const further = narrow(met, values, carried, now)
    return { flows: further.length > 0 ? further : met, wanted: essential }
  }
  if (ask.acrValues.length === 0) return { flows, wanted: null }
  const met = narrow(flows, values, carried, now)
  return met.length === 0 && !terms.strict ? { flows, wanted: null } : { flows: met, wanted: values }
}

/** The first requested value that the evidence satisfies; the strongest level when nothing was asked. */
const acrOf = (wanted: Asked['wanted'], evidence: readonly Evidence[], now: number): string | null =>
  wanted ? (wanted.find(({ meaning }) => satisfied(meaning, evidence, now))?.value ?? null) : strongest(evidence, now)

function doorsOf(course: Course): readonly Door[] {
  const open = openStep(course)
  return course.flow.map((factors, at) => {
    const by = course.filled.get(at)
    if (by) return { factors: [by.factor], state: 'passed' }
    return { factors, state: at === open ? 'open' : 'ahead' }
  })
}
