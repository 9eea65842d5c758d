import { type Explanation, explain } from '#shared/policy/tools/explain.ts'
import { factsOf, type Outcome, type Person, simulate } from '#shared/policy/tools/simulate.ts'
import type { Draft } from '../config/draft.ts'
import { askWith, evidenceFor, partyNamed, personNamed, type Question, settingFor } from './question.ts'

/** One decision, why it is what it is, where its rules stand, and how the sign-in would end. */
export interface Explained extends Explanation {
  readonly who: string
  readonly client: string
  readonly places: readonly { readonly file: string; readonly line: number }[]
  readonly outcome: Outcome
}

export function explained(draft: Draft, people: readonly Person[], asked: Question, now: Date): Explained {
  const person = personNamed(asked.who, people)
  const party = partyNamed(asked.client, draft)
  const ask = askWith(party, asked.asks)
  const setting = settingFor(asked, asked.from ?? null, now)
  const { policy } = party.terms
  const evidence = evidenceFor(person, asked.proven, setting.now)
  const why = explain(party.terms, ask, factsOf(party, person, setting, evidence))
  return {
    who: person.name,
    client: party.id,
    ...why,
    places: policy.rules.map((_, at) => draft.placeOf(['policies', policy.name, 'rules', at])),
    outcome: simulate(party, ask, person, setting, evidence),
  }
}
