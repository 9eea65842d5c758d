import type { AuthorizationRequest } from '../../authorization-request.ts'
import { allFactors, type FactorId, traitsOf } from '../../factors/table.ts'
import type { Policy, Rule } from '../rules/policy.ts'
import { type Outcome, type Party, type PolicyPerson, type Setting, simulate } from '../tools/simulate.ts'

const plainAsk = ({ id, defaultAcr = [] }: Party): AuthorizationRequest => ({
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

/** How many authenticators of a factor a person can have: one of a knowledge factor, up to two of a possession. */
const copies = (factor: FactorId) =>
  traitsOf(factor).potential.every(({ proves }) => proves.join() === 'knows') ? [1] : [1, 2]
export const somebodyWithEverything: PolicyPerson = {
  name: '',
  groups: [],
  enrolled: allFactors.flatMap((factor) => copies(factor).map((copy) => ({ id: `${factor} ${copy}`, factor }))),
}

/** The outcome of a sign-in of a person to whom a rule applies. */
export type Ending = (rule: Rule, party: Party, person: PolicyPerson) => Outcome

/** Outcomes, remembered: the policy engine runs once for people with equal authenticators under equal rules. */
export function endings(): Ending {
  const known = new Map<string, Outcome>()
  return ({ flows, enrol, fresh }, party, person) => {
    const factors = person.enrolled.map(({ factor, disabled }) => `${factor}${disabled ? ' disabled' : ''}`).sort()
    const key = JSON.stringify([flows, enrol, fresh, party.id, party.defaultAcr, factors])
    // `renew` is off: a person who adds a new authenticator after a recovery code can finish.
    const rule: Rule = { name: 'this', when: null, flows, enrol, fresh, renew: false }
    const policy: Policy = { ...party.clientRules.policy, rules: [rule] }
    const outcome =
      known.get(key) ??
      simulate({ ...party, clientRules: { ...party.clientRules, policy } }, plainAsk(party), person, setting)
    known.set(key, outcome)
    return outcome
  }
}
