import { meaningOf } from '../../acr/index.ts'
import { type LevelName, levels } from '../../acr/levels.ts'
import { type FactorId, type FactorTraits, traitsOf } from '../../factors/table.ts'
import { type Finding, type Linted, ruleAt } from '../analysis/finding.ts'
import type { Flow, Rule } from '../rules/policy.ts'
import { canMeet, differing } from './acr-unmet.ts'

type Sort = (traits: FactorTraits) => boolean
const isCognitive: Sort = ({ cognitive }) => cognitive
const isRestricted: Sort = ({ restricted }) => restricted

/** Finds sorts of factor that every flow of a rule needs: a factor without an alternative. */
export const singleFactor = ({ policies }: Linted): readonly Finding[] =>
  policies.flatMap((policy) => {
    const isPhishable = phishable()
    return policy.rules.flatMap((rule, at) => {
      const common = { level: 'warning', path: ruleAt(policy, at) } as const
      return [
        ...factorsAlone(rule, isCognitive).map((factor) => ({ ...common, ...cognitiveAlone(rule, factor) })),
        ...factorsAlone(rule, isRestricted).map((factor) => ({ ...common, ...restrictedAlone(rule, factor) })),
        ...(isPhishable(rule) ? [{ ...common, ...withoutResistant(rule) }] : []),
      ]
    })
  })

/** The factors of one sort that every flow of a rule needs. A factor of last resort is no alternative. */
function factorsAlone({ flows }: Rule, isOfSort: Sort): readonly FactorId[] {
  const usual = differing(flows)
    .map((flow) => flow.map((step) => step.filter(({ factor }) => !traitsOf(factor).lastResort)))
    .filter((flow) => flow.every((step) => step.length > 0))
  const forced = usual.map((flow) => flow.filter((step) => step.every(({ factor }) => isOfSort(traitsOf(factor)))))
  if (forced.some((steps) => steps.length === 0)) return []
  return [...new Set(forced.flat(2).map(({ factor }) => factor))]
}

const cognitiveAlone = ({ name }: Rule, factor: FactorId) =>
  ({
    code: 'grid-alone',
    sentence: `Rule "${name}" cannot be finished without ${factor}, a cognitive test that nothing can do for a person (WCAG 2.2, success criterion 3.3.8).`,
    fix: `Offer something else beside it: { oneOf: [${factor}, totp, passkey] }, or another flow.`,
  }) as const

const restrictedAlone = ({ name }: Rule, factor: FactorId) =>
  ({
    code: 'sms-alone',
    sentence: `Rule "${name}" cannot be finished without ${factor}, which NIST SP 800-63B-4 §3.2.9 restricts: another way must be offered.`,
    fix: `Offer something else beside it: { oneOf: [${factor}, totp, passkey] }, or another flow.`,
  }) as const

const withoutResistant = ({ name }: Rule) =>
  ({
    code: 'phishable',
    sentence: `Rule "${name}" reaches AAL2 by flows that can all be phished; NIST SP 800-63B-4 §2.2.2 wants a phishing-resistant one offered.`,
    fix: 'Add a flow with a phishing-resistant factor: secondary: [passkey].',
  }) as const

const level = (value: LevelName) => (flow: Flow) => {
  const meaning = meaningOf(value, levels)
  return meaning !== null && canMeet(flow, { value, meaning })
}
const meetsAal2 = level('urn:sallyport:acr:aal2')
const meetsResistant = level('phr')

/** Verdicts, remembered: computed once for rules with the same flows. */
function phishable(): (rule: Rule) => boolean {
  const known = new Map<string, boolean>()
  return ({ flows }) => {
    const key = JSON.stringify(flows)
    const is = known.get(key) ?? (differing(flows).some(meetsAal2) && !differing(flows).some(meetsResistant))
    known.set(key, is)
    return is
  }
}
