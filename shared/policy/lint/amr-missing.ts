import { canSay } from '../../amr/dialect.ts'
import { canDecide, type Finding, type Linted, ruleAt } from '../analysis/finding.ts'
import { type Reach, reachOf } from '../analysis/reach.ts'
import { leavesIn } from '../analysis/situations.ts'
import { type Choice, potentialOf, type Rule } from '../rules/policy.ts'
import type { Party } from '../tools/simulate.ts'

const entrasWords =
  "AADSTS5001256: Failed to complete authentication with external provider due to invalid id_token. Failure details: missing required 'amr' claim."

/** Finds rules that can give a client an empty `amr`: without a challenge, or without a word for the proof. */
export function amrMissing({ parties }: Linted): readonly Finding[] {
  const reachAt = reaches()
  return parties.flatMap((party) => {
    const { policy } = party.clientRules
    const found = policy.rules.flatMap((rule, at) => {
      const said = unchallenged(rule, party) ?? unspoken(rule, party)
      return said ? [{ at, ...said }] : []
    })
    const reach = found.length > 0 ? reachAt(party) : []
    return found
      .filter(({ at }) => canDecide(reach[at]))
      .map(({ at, isSpoken, ...said }) => ({
        ...said,
        level: requiresAmr(party.clientRules) && !isSpoken ? 'error' : 'warning',
        path: ruleAt(policy, at),
      }))
  })
}

/** Reaches, remembered: computed once for clients that a policy does not tell apart. */
function reaches(): (party: Party) => readonly Reach[] {
  const known = new Map<string, readonly Reach[]>()
  return ({ id, clientRules: { policy } }) => {
    const leaves = policy.rules.flatMap(({ when }) => leavesIn(when))
    const key = JSON.stringify([policy.name, leaves.map(({ is, oneOf }) => is === 'clients' && oneOf.includes(id))])
    const reach = known.get(key) ?? reachOf(policy, [id])
    known.set(key, reach)
    return reach
  }
}

/** Whether a client requires `amr`; a dialect of exactly one word implies it. */
const requiresAmr = ({ requiresAmr, dialect }: Party['clientRules']) => requiresAmr || dialect.one !== undefined

/** A finding about a rule; `isSpoken` where other choices of the rule have words, so that sign-ins must use those. */
type Said = (Pick<Finding, 'code' | 'sentence' | 'fix'> & { readonly isSpoken: boolean }) | null

function unchallenged({ name, flows }: Rule, { id, clientRules }: Party): Said {
  if (!flows.some((flow) => flow.length === 0)) return null
  const lets = `Rule "${name}" lets people through to "${id}" without a challenge`
  return {
    code: 'amr-missing',
    isSpoken: false,
    sentence: requiresAmr(clientRules)
      ? `${lets}: there is nothing to say in amr, which it requires. At Microsoft Entra ID they would have seen ${entrasWords} Sallyport issues no such token.`
      : `${lets}: there is nothing to say in amr, so nobody gets in by it who has proven nothing before.`,
    fix: 'Have everybody challenged or denied: then: { primary: [...] }, or then: deny.',
  }
}

function unspoken({ name, flows }: Rule, { id, clientRules }: Party): Said {
  const isSaid = (choice: Choice) =>
    potentialOf(choice).map((proof) => canSay(clientRules.dialect, { ...choice, ...proof }))
  const isWordless = (choice: Choice) => isSaid(choice).includes(false)
  const silent = flows.find((flow) => flow.length > 0 && flow.every((step) => step.some(isWordless)))
  if (!silent) return null
  const factors = [...new Set(silent.flat().filter(isWordless))].map(({ factor }) => factor).join(', ')
  const alone = `Rule "${name}" could be finished with ${factors} alone, for which the dialect of "${id}" has no word`
  const isSpoken = flows.flat(2).some((choice) => isSaid(choice).includes(true))
  return {
    code: 'amr-unspoken',
    isSpoken,
    sentence: isSpoken
      ? `${alone}: people must prove something else, or more.`
      : `${alone}: amr would be empty${requiresAmr(clientRules) ? `, at Microsoft Entra ID ${entrasWords}` : '.'} Sallyport refuses them instead.`,
    fix: 'Add a step that the dialect has a word for, or give the client another dialect.',
  }
}
