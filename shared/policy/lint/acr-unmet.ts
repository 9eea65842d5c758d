import { acrValues } from '../../acr/index.ts'
import { isBuilt } from '../../factors/index.ts'
import { canDecide, type Finding, type Linted } from '../analysis/finding.ts'
import { narrow, type RequestedValue } from '../engine/narrow.ts'
import type { Flow, Policy } from '../rules/policy.ts'
import type { Party } from '../tools/simulate.ts'

/** The different flows, so that no flow is searched twice. */
export const differing = (flows: readonly Flow[]): readonly Flow[] => [
  ...new Map(flows.filter((flow) => flow.length > 0).map((flow) => [JSON.stringify(flow), flow])).values(),
]

const nothingKnown = { carried: [], enrolled: null, now: 0 }
/** Whether a flow can be finished so that an acr value is met. */
export const canMeet = (flow: Flow, wanted: RequestedValue): boolean =>
  narrow({ flow, levels: [] }, [wanted], nothingKnown).length > 0

/**
 * Finds acr values that no client's policy can meet: a warning for each value that the operator defines, one note for
 * the built-in values. A factor that no policy uses is no finding.
 */
export function acrUnmet({ parties, reachOf, named }: Linted): readonly Finding[] {
  const flowsOf = (policy: Policy) =>
    differing(policy.rules.flatMap(({ flows }, at) => (canDecide(reachOf(policy)[at]) ? flows : [])))
  const flows = new Map(parties.map(({ clientRules }) => [clientRules.policy, flowsOf(clientRules.policy)]))
  const isMet = (value: string) =>
    parties.some(({ clientRules: { policy, vocabulary } }) => {
      const meaning = vocabulary[value]
      return meaning && flows.get(policy)?.some((flow) => canMeet(flow, { value, meaning }))
    })
  const unmet = [...new Set(parties.flatMap(valuesOf))].filter((value) => !isMet(value))
  const common = [...acrValues]
  const used = new Set(parties.flatMap(({ clientRules }) => factorsOf(clientRules.policy)))
  const isOfUnused = (value: string) =>
    parties.every(({ clientRules: { vocabulary } }) => {
      const meaning = vocabulary[value]
      return meaning?.is === 'filter' && meaning.factors.isDisjointFrom(used)
    })
  const ours = unmet.filter((value) => common.includes(value) && !isOfUnused(value))
  return [
    ...unmet
      .filter((value) => !common.includes(value))
      .map(
        (value): Finding => ({
          code: 'acr-unmet',
          level: 'warning',
          path: ['acr', named.acr.includes(value) ? 'vocabulary' : 'aliases', value],
          sentence: `No policy can meet "${value}": whoever asks for it is refused, or it is ignored.`,
          fix: 'Add a flow that can be finished so that it is met, or delete the name.',
        }),
      ),
    ...(ours.length > 0 ? [noteOf(ours)] : []),
  ]
}

const factorsOf = ({ rules }: Policy) => rules.flatMap(({ flows }) => flows.flat(2).map(({ factor }) => factor))

/** The acr values of a client, without filters for unimplemented factors: those are no finding about a policy. */
const valuesOf = ({ clientRules: { vocabulary } }: Party) =>
  Object.entries(vocabulary).flatMap(([value, meaning]) =>
    meaning.is === 'filter' && ![...meaning.factors].some(isBuilt) ? [] : [value],
  )

const noteOf = (values: readonly string[]): Finding => ({
  code: 'acr-unmet',
  level: 'note',
  path: ['policies'],
  sentence: `No policy can meet these acr values, nor those of factors that no policy uses: ${values.join(' ')}`,
  fix: 'Nothing, unless a relying party asks for one of them.',
})
