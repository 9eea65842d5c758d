import { type Explanation, explain } from '#shared/policy/tools/explain.ts'
import { factsOf, type Outcome, type PolicyPerson, simulate } from '#shared/policy/tools/simulate.ts'
import type { CheckedConfig } from '../config/checked-config.ts'
import { askWith, evidenceFor, type PolicyQuestion, partyNamed, personNamed, settingFor } from './question.ts'

/** One decision with its reasons, the places of its rules in the file, and how the sign-in would end. */
export interface Explained extends Explanation {
  readonly who: string
  readonly client: string
  readonly places: readonly { readonly file: string; readonly line: number }[]
  readonly outcome: Outcome
}

export function explainFor(
  checked: CheckedConfig,
  people: readonly PolicyPerson[],
  asked: PolicyQuestion,
  now: Date,
): Explained {
  const person = personNamed(asked.who, people)
  const party = partyNamed(asked.client, checked)
  const request = askWith(party, asked.asks)
  const setting = settingFor(asked, asked.from ?? null, now)
  const { policy } = party.clientRules
  const evidence = evidenceFor(person, asked.proven, setting.now)
  const why = explain(party.clientRules, request, factsOf(party, person, setting, evidence))
  return {
    who: person.name,
    client: party.id,
    ...why,
    places: policy.rules.map((_, at) => checked.placeOf(['policies', policy.name, 'rules', at])),
    outcome: simulate(party, request, person, setting, evidence),
  }
}
