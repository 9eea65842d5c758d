import type { Ask } from '../../ask.ts'
import { allFactors, type FactorId, traitsOf } from '../../factors/table.ts'
import { heldOf } from '../binding.ts'
import { type Circumstances, truthOf } from '../condition.ts'
import { canDecide, type Finding, type Linted, listed, partiesOf, ruleAt } from '../finding.ts'
import type { Policy, Rule } from '../policy.ts'
import { type Outcome, type Party, type Person, type Setting, simulate } from '../simulate.ts'

const plainAsk = ({ id, defaultAcr = [] }: Party): Ask => ({
  client: id,
  acrValues: defaultAcr,
  essentialAcr: null,
  maxAgeSeconds: null,
  fresh: false,
  silent: false,
  loginHint: null,
  subject: null,
})
const setting: Setting = { now: 0, address: null, browser: null }

/** What is only known is one and the same, however often it is asked for; of what one has there can be two. */
const copies = (factor: FactorId) =>
  traitsOf(factor).potential.every(({ proves }) => proves.join() === 'knows') ? [1] : [1, 2]
const somebodyWithEverything: Person = {
  name: '',
  groups: [],
  enrolled: allFactors.flatMap((factor) => copies(factor).map((copy) => ({ id: `${factor} ${copy}`, factor }))),
}

/** How it ends for somebody to whom a rule applies. */
type Ending = (rule: Rule, party: Party, person: Person) => Outcome

/** The engine is asked once for people who have the same, under rules that say the same. */
function endings(): Ending {
  const known = new Map<string, Outcome>()
  return ({ flows, enrol, fresh }, party, person) => {
    const factors = person.enrolled.map(({ factor }) => factor).sort()
    const key = JSON.stringify([flows, enrol, fresh, party.id, party.defaultAcr, factors])
    const rule: Rule = { name: 'this', when: null, flows, enrol, fresh }
    const policy: Policy = { ...party.terms.policy, rules: [rule] }
    const outcome =
      known.get(key) ?? simulate({ ...party, terms: { ...party.terms, policy } }, plainAsk(party), person, setting)
    known.set(key, outcome)
    return outcome
  }
}

const challenges = ({ flows }: Rule) => flows.some((flow) => flow.length > 0)

/** Rules and clients that nobody can satisfy, and people who lack what every flow of a rule asks for. */
export function finishing(linted: Linted): readonly Finding[] {
  const endingOf = endings()
  return [
    ...linted.policies.flatMap((policy) => cannotFinish(policy, linted, endingOf)),
    ...linted.parties.flatMap((party) => noWayIn(party, linted, endingOf)),
    ...linted.policies.flatMap((policy) => lockedOut(policy, linted, endingOf)),
  ]
}

const anyoneFinishes = (rule: Rule, party: Party, endingOf: Ending) =>
  endingOf(rule, party, somebodyWithEverything).is !== 'refuse'

function cannotFinish(policy: Policy, linted: Linted, endingOf: Ending): readonly Finding[] {
  const parties = partiesOf(policy, linted)
  if (parties.length === 0) return []
  return policy.rules.flatMap((rule, at) =>
    challenges(rule) && !parties.some(({ id, terms }) => anyoneFinishes(rule, { id, terms }, endingOf))
      ? [
          {
            code: 'cannot-finish',
            level: 'warning',
            path: ruleAt(policy, at),
            sentence: `Nobody can finish a flow of rule "${rule.name}", whatever they have: a step asks for the same secret again, for a proof of this moment that its factor cannot give, or for nothing that its client has a word for.`,
            fix: 'Give it steps of different factors, or take "fresh" away.',
          } as const,
        ]
      : [],
  )
}

function noWayIn(party: Party, { reachOf }: Linted, endingOf: Ending): readonly Finding[] {
  const { policy, requiresAmr } = party.terms
  const asked = (party.defaultAcr ?? []).join(' ')
  const reach = reachOf(policy)
  const isWay = (rule: Rule, at: number) =>
    canDecide(reach[at]) && challenges(rule) && anyoneFinishes(rule, party, endingOf)
  if (policy.rules.some(isWay)) return []
  return [
    {
      code: 'no-way-in',
      level: requiresAmr || asked ? 'error' : 'warning',
      path: ['clients', party.id, asked ? 'default_acr_values' : 'policy'],
      sentence: `Nobody can sign in to "${party.id}": no rule of "${policy.name}" that is ever reached has a flow that can be finished${asked && ` so that its default_acr_values are met (${asked})`}.`,
      fix: asked ? 'Add a flow that meets them, or ask for something else by default.' : 'Add a rule with a flow.',
    },
  ]
}

interface Locked {
  readonly at: number
  readonly name: string
  readonly missing: string
}

function lockedOut(policy: Policy, linted: Linted, endingOf: Ending): readonly Finding[] {
  const all = partiesOf(policy, linted).flatMap((party) =>
    linted.people.flatMap((person) => lockedAt(party, person, endingOf)),
  )
  const together = Map.groupBy(all, ({ at, missing }) => JSON.stringify([at, missing]))
  return [...together.values()].flatMap((same) => {
    const [one] = same
    if (!one) return []
    const names = listed([...new Set(same.map(({ name }) => name))])
    return [
      {
        code: 'locked-out',
        level: 'warning',
        path: ruleAt(policy, one.at),
        sentence: `Locked out by rule "${policy.rules[one.at]?.name}" for want of ${one.missing}: ${names}.`,
        fix: 'Enrol one for them, add a flow that they can finish, or let them off for a time: enrol: grace 14d.',
      },
    ]
  })
}

function lockedAt(party: Party, person: Person, endingOf: Ending): readonly Locked[] {
  const { groups, enrolled } = person
  const anywhere = { address: null, browser: null, now: null }
  const held = heldOf(enrolled, null)
  const known: Circumstances = { client: party.id, groups, held, ...anywhere, personDecides: true }
  const { rules } = party.terms.policy
  const truths = rules.map(({ when }) => truthOf(when, known))
  const last = truths.indexOf('hit')
  return rules.flatMap((rule, at) => {
    if (truths[at] === 'miss' || (last !== -1 && at > last) || !challenges(rule)) return []
    const outcome = endingOf(rule, party, person)
    return outcome.is === 'refuse' ? [{ at, name: person.name, missing: outcome.missing.join(' or ') || 'it' }] : []
  })
}
