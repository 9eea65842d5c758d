import { meaningOf } from '#shared/acr/index.ts'
import { strongest } from '#shared/acr/levels.ts'
import { type Meaning, satisfied } from '#shared/acr/meaning.ts'
import type { EnrolledFactor } from '#shared/authenticator.ts'
import type { AuthorizationRequest } from '#shared/authorization-request.ts'
import type { Evidence } from '#shared/evidence.ts'
import { type FactorId, traitsOf } from '#shared/factors/table.ts'
import type { ClientRules } from '#shared/policy/engine/client-rules.ts'
import type { Facts } from '#shared/policy/engine/facts.ts'
import type { Next } from '#shared/policy/engine/next.ts'
import type { Choice, Flow, Rule } from '#shared/policy/rules/policy.ts'
import { truthOf, worldsOf } from './model-rules.ts'

// The policy engine once more, by trying everything out: no search that stops early, no matching, no sharing. It knows
// the tables (what a factor proves, what an acr value asks for) and policy.md, and nothing of the engine.
// For flows that ask for no factor twice, `enrol: never`, one kind of acr request, and a dialect that can say everything.

/** An answer, as far as the model has one: what is asked for, in no order. */
export type Answer = readonly [is: Next['is'], ...more: readonly string[]]

export const answerOf = (answer: Next): Answer => {
  if (answer.is === 'answer') return ['answer', ...new Set(answer.offers.map(({ factor }) => factor).sort())]
  if (answer.is === 'done') return ['done', answer.acr, ...idsOf(answer.evidence)]
  return answer.is === 'refuse' ? ['refuse', answer.why.code, ...answer.missing.toSorted()] : [answer.is]
}

const idsOf = (evidence: readonly Evidence[]) => evidence.map(({ id }) => id).sort()

export function model(terms: ClientRules, ask: AuthorizationRequest, facts: Facts): Answer {
  const asked = answerTo(terms, ask, facts)
  const isLenient = !terms.strict && ask.essentialAcr === null && ask.acrValues.length > 0
  return isLenient && (asked[1] === 'unmet' || asked[1] === 'not-enrolled')
    ? answerTo(terms, { ...ask, acrValues: [] }, facts)
    : asked
}

function answerTo(terms: ClientRules, ask: AuthorizationRequest, facts: Facts): Answer {
  const theirs = facts.evidence.filter(
    (one) => one.account === facts.account && (facts.enrolled?.some(({ id }) => id === one.authenticator) ?? true),
  )
  const isSomebodyElse = ask.subject !== null && ask.subject !== facts.account
  if (isSomebodyElse && theirs.some(({ current }) => current)) return ['refuse', 'wrong-person']
  const relied = isSomebodyElse ? [] : theirs
  const known = counting(relied, [], terms, ask, facts).length > 0
  const worlds = worldsOf(terms.policy.rules, (rule) => truthOf(rule.when, ask, facts, known))
  const flows = worlds.flatMap((world) => world.flows.map((flow) => ({ flow, rules: world.rules })))
  if (flows.length === 0) return ['refuse', 'denied']

  const wanted = wantedBy(terms, ask)
  // What was guessed at too often proves nothing more.
  const usable = facts.enrolled?.filter(({ disabled }) => !disabled) ?? null
  const tries = flows.flatMap(({ flow, rules }) => {
    const evidence = counting(relied, rules, terms, ask, facts)
    const fresh = flow.map((step) => step.filter(({ factor }) => canServe(factor, rules, ask)))
    if (fresh.some((step) => step.length === 0)) return []
    return waysOf(fresh, wanted).flatMap((way) => {
      const anyhow = ended(way, evidence, null, facts.now)
      if (!anyhow) return []
      const end = known ? ended(way, evidence, usable, facts.now) : anyhow
      return [{ end, evidence, missing: end ? [] : missingFor(way, evidence, usable ?? []) }]
    })
  })
  const ends = tries.flatMap(({ end, evidence }) => (end ? [{ ...end, evidence }] : []))
  const missing = new Set(tries.flatMap((one) => one.missing))
  if (ends.length === 0)
    return missing.size > 0 ? ['refuse', 'not-enrolled', ...[...missing].sort()] : ['refuse', 'unmet']
  for (const { isWhole, evidence } of ends) {
    const met = wanted
      ? wanted.find(({ meaning }) => satisfied(meaning, evidence, facts.now))?.value
      : strongest(evidence, facts.now)
    if (isWhole && evidence.length > 0 && met)
      return mustRenew(
        worlds.flatMap(({ rules }) => rules),
        evidence,
        facts,
      )
        ? ['enrol']
        : ['done', met, ...idsOf(evidence)]
  }
  if (!facts.named) return ['identify']
  const offers = new Set(ends.flatMap((end) => end.offers))
  return offers.size > 0 ? ['answer', ...[...offers].sort()] : ['refuse', 'unmet']
}

const carried: readonly FactorId[] = ['totp', 'token', 'grid', 'sms', 'passkey', 'smartcard']
function mustRenew(rules: readonly Rule[], evidence: readonly Evidence[], { enrolled }: Facts): boolean {
  const used = evidence.filter(({ factor, current }) => factor === 'recovery-code' && current).map(({ at }) => at)
  return used.length > 0 && !hasSince(enrolled, Math.max(...used)) && renewing(rules).length > 0
}
const renewing = (rules: readonly Rule[]) =>
  rules.flatMap(({ renew, flows }) => (renew ? flows.flat(2).filter(({ factor }) => carried.includes(factor)) : []))
const hasSince = (enrolled: Facts['enrolled'], at: number) =>
  enrolled?.some(({ factor, boundAt }) => carried.includes(factor) && (boundAt ?? 0) >= at) ?? false

// What counts.

const spansIn = (rules: readonly Rule[], factor: FactorId) => rules.flatMap(({ fresh }) => fresh[factor] ?? [])
const canServe = (factor: FactorId, rules: readonly Rule[], ask: AuthorizationRequest) =>
  factor !== 'kerberos' || !(ask.fresh || ask.maxAgeSeconds !== null || spansIn(rules, factor).length > 0)

function counting(
  all: readonly Evidence[],
  rules: readonly Rule[],
  { policy }: ClientRules,
  ask: AuthorizationRequest,
  { now, enrolled }: Facts,
) {
  const isYoung = ({ factor, at }: Evidence) => {
    const spans = [policy.reuse[factor] ?? [], ...spansIn(rules, factor)].flat()
    const longest = ask.maxAgeSeconds === null ? spans : [...spans, ask.maxAgeSeconds * 1000]
    return longest.every((span) => now - at <= span)
  }
  // A recovery is followed by a new authenticator: now, or before the code counts once more in the session.
  const isOwed = ({ factor, current, at }: Evidence) =>
    factor === 'recovery-code' && !current && renewing(rules).length > 0 && !hasSince(enrolled, at)
  const counts = all.filter(
    (one) => canServe(one.factor, rules, ask) && !isOwed(one) && (one.current || (!ask.fresh && isYoung(one))),
  )
  const isSame = (a: Evidence, b: Evidence) => a.authenticator === b.authenticator && a.factor === b.factor
  return counts.filter((one, at) => {
    const same = counts.filter((other) => isSame(one, other))
    const latest = Math.max(...same.map((other) => other.at))
    return one.at === latest && !counts.slice(at + 1).some((other) => isSame(one, other) && other.at === latest)
  })
}

// What a request leaves of a flow.

interface Way {
  readonly flow: Flow
  readonly level: Meaning | null
}

function wantedBy({ vocabulary }: ClientRules, { acrValues, essentialAcr }: AuthorizationRequest) {
  const values = essentialAcr ?? (acrValues.length > 0 ? acrValues : null)
  return values?.flatMap((value) => {
    const meaning = meaningOf(value, vocabulary)
    return meaning ? [{ value, meaning }] : []
  })
}

function waysOf(flow: Flow, wanted: ReturnType<typeof wantedBy>): readonly Way[] {
  if (!wanted) return [{ flow, level: null }]
  const meanings = wanted.map(({ meaning }) => meaning)
  const asked = meanings.flatMap((one) => (one.is === 'filter' ? [...one.factors] : []))
  const meets = flow.map((step) => step.filter(({ factor }) => asked.includes(factor)))
  const narrowed = flow.map((step, at) => (meets[at]?.length ? meets[at] : step))
  const levels = meanings.flatMap((level) => (level.is === 'level' ? [{ flow, level }] : []))
  return meets.some((step) => step.length > 0) ? [{ flow: narrowed, level: null }, ...levels] : levels
}

// How it can end.

const passes = ({ factor, uv }: Choice, one: Pick<Evidence, 'factor' | 'proves'>) =>
  one.factor === factor && (uv !== 'required' || one.proves.length > 1)

/** Of all ways to lay what is proven onto the steps, the one that fills most and can still end well; what is asked then. */
function ended({ flow, level }: Way, evidence: readonly Evidence[], enrolled: Facts['enrolled'], now: number) {
  const layings = laid(flow, evidence).toSorted((a, b) => b.filter(Boolean).length - a.filter(Boolean).length)
  for (const laying of level ? layings : layings.slice(0, 1)) {
    const spare = evidence.filter((one) => !laying.some((used) => used?.authenticator === one.authenticator))
    const asks = (step: number) =>
      level
        ? (flow[step] ?? [])
            .flatMap((one): Choice[] => (traitsOf(one.factor).takesUv ? [one, { ...one, uv: 'required' }] : [one]))
            .filter((choice) => !spare.some((one) => passes(choice, one)))
        : (flow[step] ?? [])
    const free = (factor: FactorId) =>
      enrolled === null ||
      enrolled.some((one) => one.factor === factor && !laying.some((used) => used?.authenticator === one.id))
    const open = laying.flatMap((one, step) => (one ? [] : [step]))
    const endings = open.reduce<readonly (readonly Evidence[])[]>(
      (all, step) =>
        asks(step).flatMap((choice) => {
          if (!free(choice.factor)) return []
          const proofs = traitsOf(choice.factor).potential.filter(({ proves }) => passes(choice, { ...choice, proves }))
          return proofs.flatMap((proof) => all.map((before) => [...before, supposed(choice.factor, proof)]))
        }),
      [[]],
    )
    const good = endings.filter((ending) => !level || satisfied(level, [...evidence, ...ending], now))
    if (good.length === 0) continue
    return { isWhole: open.length === 0, offers: good.flatMap(([first]) => first?.factor ?? []) }
  }
  return null
}

const supposed = (factor: FactorId, proof: Pick<Evidence, 'proves' | 'methods'>): Evidence => ({
  ...proof,
  id: '',
  account: '',
  factor,
  authenticator: `a new ${factor}`,
  at: Number.MAX_SAFE_INTEGER,
  current: true,
})

/** What somebody has none of: for the first step that they have nothing for; or else for all, where what they have will not do. */
function missingFor(
  { flow }: Way,
  evidence: readonly Evidence[],
  usable: readonly EnrolledFactor[],
): readonly FactorId[] {
  const lacks = flow.filter(
    (step) =>
      !step.some(
        (choice) => evidence.some((one) => passes(choice, one)) || usable.some((one) => one.factor === choice.factor),
      ),
  )
  const has = new Set([...usable, ...evidence].map(({ factor }) => factor))
  return (lacks[0] ?? flow.flat().filter(({ factor }) => !has.has(factor))).map(({ factor }) => factor)
}

/** Every way to give each step a proof of its own or none, the former first. */
function laid(flow: Flow, evidence: readonly Evidence[]): readonly (readonly (Evidence | null)[])[] {
  const [step, ...rest] = flow
  if (!step) return [[]]
  const fitting = evidence.filter((one) => step.some((choice) => passes(choice, one)))
  return [...fitting, null].flatMap((one) =>
    laid(rest, one ? evidence.filter(({ authenticator }) => authenticator !== one.authenticator) : evidence).map(
      (others) => [one, ...others],
    ),
  )
}
