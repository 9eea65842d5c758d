import { BlockList, isIPv4 } from 'node:net'
import type { AuthorizationRequest } from '#shared/authorization-request.ts'
import type { Facts } from '#shared/policy/engine/facts.ts'
import type { Condition, Leaf } from '#shared/policy/rules/condition.ts'
import type { Choice, Flow, Rule } from '#shared/policy/rules/policy.ts'

// The model's conditions, and which rules may decide.

const opposite = { miss: 'hit', unknown: 'unknown', undecided: 'undecided', hit: 'miss' } as const
type Truth = keyof typeof opposite
const least = (all: readonly Truth[]) =>
  (['miss', 'undecided', 'unknown'] as const).find((one) => all.includes(one)) ?? 'hit'
const most = (all: readonly Truth[]) =>
  (['hit', 'undecided', 'unknown'] as const).find((one) => all.includes(one)) ?? 'miss'

export function truthOf(when: Condition | null, ask: AuthorizationRequest, facts: Facts, known: boolean): Truth {
  if (!when) return 'hit'
  const within = (one: Condition) => truthOf(one, ask, facts, known)
  switch (when.is) {
    case 'all':
      return least(when.of.map(within))
    case 'any':
      return most(when.of.map(within))
    case 'not':
      return opposite[within(when.of)]
    default:
      return lookedUp(when, ask, facts, known)
  }
}

function lookedUp(leaf: Leaf, { client }: AuthorizationRequest, facts: Facts, known: boolean): Truth {
  const { groups, browser, enrolled, address, now } = facts
  const is = (hit: boolean) => (hit ? 'hit' : 'miss')
  if (leaf.is === 'clients') return is(leaf.oneOf.includes(client))
  if (leaf.is === 'times') {
    const options = { timeZone: leaf.zone, hourCycle: 'h23' } as const
    const time = new Date(now).toLocaleTimeString('en-GB', { ...options, hour: '2-digit', minute: '2-digit' })
    const day = new Date(now).toLocaleDateString('en-GB', { ...options, weekday: 'short' }).toLowerCase()
    const week = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
    const minuteOf = (on: string, minute: number) => week.indexOf(on) * 1440 + minute
    const here = minuteOf(day, Number(time.slice(0, 2)) * 60 + Number(time.slice(3)))
    // Minute by minute from each beginning to its end.
    return is(
      leaf.days.some((on) =>
        leaf.hours.some(({ from, to }) =>
          Array.from(
            { length: to > from ? to - from : to - from + 1440 },
            (_, at) => (minuteOf(on, from) + at) % 10_080,
          ).includes(here),
        ),
      ),
    )
  }
  if (leaf.is === 'networks') {
    if (address === null) return 'unknown'
    const list = new BlockList()
    for (const network of leaf.oneOf) {
      const [base = '', bits] = network.split('/')
      list.addSubnet(base, Number(bits), isIPv4(base) ? 'ipv4' : 'ipv6')
    }
    return is(list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6'))
  }
  if (!known) return 'undecided'
  if (leaf.is === 'groups') return groups ? is(leaf.oneOf.some((one) => groups.includes(one))) : 'unknown'
  if (leaf.is === 'browser') return browser ? is(browser === 'known') : 'unknown'
  if (leaf.is !== 'authenticator' || !enrolled) return 'unknown'
  return most(
    enrolled
      .filter(({ factor }) => leaf.factors.includes(factor))
      .map(({ boundAt }) => {
        if (boundAt == null) return 'unknown'
        return is(leaf.age === 'older' ? now - boundAt >= leaf.thanMs : now - boundAt < leaf.thanMs)
      }),
  )
}

// Every way in which everything may turn out.

function subsets<T>(all: readonly T[]): readonly (readonly T[])[] {
  const [first, ...rest] = all
  return first === undefined ? [[]] : subsets(rest).flatMap((one) => [one, [first, ...one]])
}

export function worldsOf(rules: readonly Rule[], truthOf: (rule: Rule) => Truth) {
  const are = (truth: Truth) => rules.filter((rule) => truthOf(rule) === truth)
  return subsets(are('undecided')).map((decided) => {
    const deciders = subsets(are('unknown')).map((guessed) =>
      rules.find((rule) => truthOf(rule) === 'hit' || decided.includes(rule) || guessed.includes(rule)),
    )
    const all = [...new Set(deciders)]
    const deciding = all.flatMap((rule) => rule ?? [])
    const flows = deciding
      .flatMap((rule) => rule.flows)
      .filter((flow) => all.every((rule) => rule?.flows.some((other) => doesFor(flow, other))))
    return { rules: deciding, flows }
  })
}

/** Each step of the other flow has one of its own here, whose every choice it admits. */
function doesFor(flow: Flow, [step, ...rest]: Flow): boolean {
  if (!step) return true
  const admits = (mine: Choice) =>
    step.some(({ factor, uv }) => factor === mine.factor && (uv !== 'required' || mine.uv === 'required'))
  return flow.some((mine, at) => mine.every(admits) && doesFor(flow.toSpliced(at, 1), rest))
}
