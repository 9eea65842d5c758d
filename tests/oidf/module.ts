import { expect, test } from 'vitest'
import list from './modules.json' with { type: 'json' }

type Plan = keyof typeof list.plans

/** One test named after each module of the OpenID Foundation's conformance suite; {@link whole} says that none is missing. */
export function modulesOf(...plans: readonly Plan[]) {
  const named = plans.flatMap((plan): readonly string[] => list.plans[plan])
  const done: string[] = []
  return {
    module(name: string, run: () => Promise<void>): void {
      done.push(name)
      test(name, run)
    },
    whole: () => test('every module of the plan is here', () => expect(done.toSorted()).toEqual(named.toSorted())),
  }
}
