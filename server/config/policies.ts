import { z } from 'zod'
import type { FactorClass } from '#shared/factors/classes.ts'
import { type FactorId, traitsOf } from '#shared/factors/table.ts'
import type { Choice, Flow, Policy, Rule, Spans, Step } from '#shared/policy/rules/policy.ts'
import { duration } from '../settings/duration.ts'
import { name } from '../settings/name.ts'
import { condition, conditionOf } from './conditions.ts'
import { factorNames, member, membersOf, noMember } from './factor-names.ts'

const demands = z.strictObject({ uv: z.enum(['required', 'preferred', 'discouraged']) })
const demanding = Object.fromEntries(
  factorNames.filter((factor) => traitsOf(factor).takesUv).map((factor) => [factor, demands.optional()]),
)
/** The error for an object of several keys; an error within its one key is told by itself. */
const alone = {
  error: 'This is one factor with its demands, or oneOf.',
  when: ({ issues }: { readonly issues: readonly unknown[] }) => issues.length === 0,
}
const isOne = (given: object) => Object.keys(given).length === 1
const choice = z.union([member, z.strictObject(demanding).refine(isOne, alone)], { error: noMember })
const oneOf = z.array(choice).min(1).optional()
const step = z
  .union([member, z.strictObject({ ...demanding, oneOf }).refine(isOne, alone)], { error: noMember })
  .describe('One door: a factor (with demands such as { uv: required }), a class, or { oneOf: [...] }')
const flow = z.array(step).min(1, 'A flow needs at least one step.').describe('Steps, in order')

const upToAYear = duration('1s', '365d')
const spans = z.partialRecord(member, upToAYear).describe('A factor or a class, and for how long it counts')
const enrol = z
  .union([
    z.enum(['never', 'inline']),
    z.string().regex(/^grace [1-9]\d{0,2}[hd]$/, 'never, inline, or grace and a time: grace 14d'),
  ])
  .default('never')
  .describe(
    'Where somebody has nothing for a step: never lets them in, inline has them enrol on the way, grace 14d lets them off',
  )

const rule = z.strictObject({
  name: name.describe('Said in explanations and in the evidence'),
  when: condition.optional().describe('All of these hold; without it the rule applies to everybody'),
  then: z
    .union(
      [
        z.enum(['deny', 'allow']),
        z.strictObject({
          primary: flow,
          secondary: flow.optional(),
          flows: z.array(flow).default([]).describe('More of them, after primary and secondary'),
          enrol,
          fresh: spans.default({}).describe('Earlier proofs that are older are asked for again'),
          renew: z
            .boolean()
            .default(false)
            .describe('Who used a recovery code adds a new way to sign in before going on'),
        }),
      ],
      { error: 'A rule gives flows, { primary: [...] }, or says deny or allow.' },
    )
    .describe(
      'The flows to offer, in order of preference; deny; or allow, which lets through who has proven something before',
    ),
})

/** Policies as they stand in the file. */
export const policies = z.record(
  name,
  z.strictObject({
    reuse: spans.default({}).describe('For how long a proof counts again in the same session'),
    rules: z.array(rule).min(1).describe('The first rule that matches decides'),
  }),
)
type Written = z.output<typeof policies>[string]
type WrittenStep = z.output<typeof step>
type WrittenChoice = z.output<typeof choice>

/** A policy as the engine has it. */
export const policyFrom = (called: string, { reuse, rules }: Written): Policy => ({
  name: called,
  reuse: spansOf(reuse),
  rules: rules.map(ruleOf).map(sharer()),
})

/** Shares equal parts between rules, so that the engine decides once for what many of them say. */
function sharer(): (rule: Rule) => Rule {
  const known = new Map<string, unknown>()
  const share = <T>(value: T): T => {
    const key = JSON.stringify(value)
    if (!known.has(key)) known.set(key, value)
    return known.get(key) as T
  }
  return ({ flows, enrol, fresh, ...rule }) => ({
    ...rule,
    flows: share(flows.map(share)),
    enrol: share(enrol),
    fresh: share(fresh),
  })
}

function ruleOf({ name: called, when, then }: Written['rules'][number]): Rule {
  const common = { name: called, when: when ? conditionOf(when) : null }
  if (typeof then === 'string')
    return { ...common, flows: then === 'allow' ? [[]] : [], enrol: 'never', fresh: {}, renew: false }
  const written = [then.primary, ...(then.secondary ? [then.secondary] : []), ...then.flows]
  const grace = /^grace (.*)$/.exec(then.enrol)?.[1]
  return {
    ...common,
    flows: written.map((steps): Flow => steps.map(stepOf)),
    enrol: grace ? { graceMs: upToAYear.parse(grace) } : then.enrol === 'inline' ? 'inline' : 'never',
    fresh: spansOf(then.fresh),
    renew: then.renew,
  }
}

const isStepList = (step: WrittenStep): step is { oneOf: WrittenChoice[] } =>
  typeof step === 'object' && 'oneOf' in step

function stepOf(step: WrittenStep): Step {
  const choices = (isStepList(step) ? step.oneOf : [step as WrittenChoice]).flatMap(choicesOf)
  return choices.filter(({ factor }, at) => choices.findIndex((other) => other.factor === factor) === at)
}

function choicesOf(written: WrittenChoice): readonly Choice[] {
  if (typeof written === 'object')
    return Object.entries(written).map(([factor, given]) => ({ factor: factor as FactorId, ...given }))
  return membersOf(written).map((factor) => ({ factor }))
}

const spansOf = (written: Readonly<Record<string, number>>): Spans =>
  Object.fromEntries(
    Object.entries(written).flatMap(([named, span]) =>
      membersOf(named as FactorId | FactorClass).map((factor) => [factor, span]),
    ),
  )
