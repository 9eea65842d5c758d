import type { FactorId } from '#shared/factors/table.ts'
import type { Next } from '#shared/policy/engine/next.ts'
import type { FlowSeen, RuleSeen } from '#shared/policy/tools/explain.ts'
import { OperatorError } from '../operator/operator-error.ts'
import { type Explained, explainFor } from '../policy-tools/explained.ts'
import { peopleFor } from '../policy-tools/people.ts'
import { question } from '../policy-tools/question.ts'
import { columns, draftAt, given, outcomeLine, type PolicyOptions, print, printJson } from './policy.ts'

export interface ExplainOptions extends PolicyOptions {
  readonly client: string
  readonly person?: string
  readonly groups?: string
  readonly has?: string
  readonly acr?: string
  readonly maxAge?: string
  readonly prompt?: string
  readonly claims?: string
  readonly from?: string
  readonly at?: string
  readonly browser?: string
  readonly proven?: string
}

/** `sallyport policy explain`: one decision, and everything that it rests on. */
export function policyExplain(options: ExplainOptions): void {
  const checked = draftAt(options.config)
  const { acr, maxAge, prompt, claims, at, client, from, browser } = options
  const asks = { acr_values: acr, max_age: maxAge === undefined ? undefined : Number(maxAge), prompt, claims }
  const proven = options.proven?.split(',') ?? []
  const asked = given(question, { who: whoIn(options), client, asks, from, at, browser, proven })
  const why = explainFor(checked, peopleFor(checked, options.people), asked, new Date())
  if (options.json) return void printJson(why)
  print(`${why.who} at ${why.client}, who has proven ${proven.join(', ') || 'nothing yet'}`)
  section(`Rules (${checked.file})`, rulesOf(why))
  section(
    'Requested values',
    why.values.map(({ value, known, usable }) => [
      value,
      usable ? 'can be met' : known ? 'no flow can meet it' : 'unknown',
    ]),
  )
  section('Flows', flowsOf(why))
  section(
    'Evidence',
    why.evidence.map(({ factor, discarded }) => [factor, discarded ? `does not count: ${discarded}` : 'counts']),
  )
  print(`\nNext: ${nextLine(why.next)}`)
  print(`In the end: ${outcomeLine(why.outcome)}`)
}

function whoIn({ person, groups, has }: ExplainOptions) {
  const isDescribed = groups !== undefined || has !== undefined
  if ((person !== undefined) === isDescribed)
    throw new OperatorError('Name a --person, or describe one by --groups and --has.')
  return person ?? { groups: groups?.split(','), has: has?.split(',') }
}

function section(title: string, rows: readonly (readonly string[])[]) {
  if (rows.length > 0) print(`\n${title}\n  ${columns(rows).join('\n  ')}`)
}

/** One row for each rule, after Authelia's check: `*` decides, `~` may decide. */
const rulesOf = ({ rules, places }: Explained) =>
  rules.map((rule, at) => [
    rule.decides ? (rule.verdict === 'hit' ? '*' : '~') : ' ',
    rule.reached ? rule.verdict : 'not reached',
    rule.name,
    `line ${places[at]?.line}`,
    unmetOf(rule),
  ])

const notKnown = { undecided: 'is not known yet', unknown: 'is unknown', hit: '', miss: '' } as const
const unmetOf = ({ unmet }: RuleSeen) =>
  unmet
    .map(({ is, wanted, seen, truth }) => {
      const looks = truth === 'hit' ? 'must be none of' : 'must be one of'
      return `${is} ${looks} ${wanted.join(', ')} and ${seen ? `is ${seen.join(', ') || 'empty'}` : notKnown[truth]}`
    })
    .join('; ')

const stepsOf = (steps: readonly (readonly FactorId[])[]) =>
  steps.map((step) => step.join(' or ')).join(' → ') || 'no challenge'

const whatBecame = {
  kept: () => 'kept',
  narrowed: ({ ways }) => `narrowed to ${ways.map(stepsOf).join(', or ')}`,
  acr: () => 'dropped: no requested value can be met by it',
  dialect: () => 'dropped: the client has no word for it',
  'not-fresh': () => 'dropped: a step has no factor that can be fresh',
  'not-enrolled': () => 'dropped: nothing enrolled for it',
  'unknown-rule': ({ by }) =>
    `dropped: would not do if ${by.map((name) => `"${name}"`).join(' or ') || 'no rule'} applies`,
} as const satisfies Record<FlowSeen['because'], (flow: FlowSeen) => string>

const flowsOf = ({ flows }: Explained) =>
  flows.map((flow) => [flow.rule, stepsOf(flow.steps), whatBecame[flow.because](flow), detailsOf(flow)])

const detailsOf = ({ because, missing, by, disabled }: FlowSeen) =>
  [
    ...(missing.length > 0 ? [`missing ${missing.join(' or ')}`] : []),
    ...(disabled.length > 0 ? [`disabled by wrong answers: ${disabled.join(', ')}`] : []),
    ...(by.length > 0 && because !== 'unknown-rule' ? [`by ${by.join(' ')}`] : []),
  ].join('; ')

function nextLine(next: Next): string {
  switch (next.is) {
    case 'identify':
      return 'asks who it is'
    case 'answer':
      return `asks for ${next.offers.map(({ factor }) => factor).join(' or ')}`
    case 'enrol':
      return `enrols ${next.factors.join(' or ')}`
    case 'done':
      return `done, acr ${next.acr}`
    case 'refuse':
      return `refused: ${next.why.code}${next.missing.length > 0 ? `, missing ${next.missing.join(', ')}` : ''}`
  }
}
