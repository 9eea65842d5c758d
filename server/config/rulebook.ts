import { vocabularyOf } from '#shared/acr/index.ts'
import { isBuilt } from '#shared/factors/index.ts'
import type { Terms } from '#shared/policy/next.ts'
import type { Policy } from '#shared/policy/policy.ts'
import { closest } from './closest.ts'
import type { Path } from './document.ts'
import { policyOf } from './policies.ts'
import type { Configuration } from './schema.ts'

/** Policies and the terms of the clients that are judged by them: what a configuration decides, and none of its secrets. */
export interface Rulebook {
  readonly policies: ReadonlyMap<string, Policy>
  readonly terms: ReadonlyMap<string, Terms>
}

type Say = (path: Path, message: string) => void

export function rulebookOf(value: Pick<Configuration, 'acr' | 'clients' | 'policies'>, say: Say): Rulebook {
  const policies = new Map(Object.entries(value.policies).map(([name, written]) => [name, policyOf(name, written)]))
  const vocabulary = vocabularyOf(value.acr.aliases)
  const terms = Object.entries(value.clients).map(([id, settings]): [string, Terms] => {
    const policy = policies.get(settings.policy)
    if (!policy) {
      const known = closest(settings.policy, [...policies.keys()], ' Did you mean "%"?')
      say(['clients', id, 'policy'], `There is no policy "${settings.policy}".${known}`)
    }
    const strict = settings.acr === 'strict'
    return [id, { policy: policy ?? nobodyIn, vocabulary, strict, requiresAmr: settings.requires !== undefined }]
  })
  return { policies, terms: new Map(terms) }
}

const nobodyIn: Policy = { name: '', rules: [], reuse: {} }

/** A policy can be checked before all of its factors are built, but not served. */
export function sayUnbuilt({ policies }: Rulebook, say: Say): void {
  for (const { name, rules } of policies.values())
    for (const [at, { flows }] of rules.entries())
      for (const factor of new Set(flows.flat(2).map((choice) => choice.factor)))
        if (!isBuilt(factor))
          say(['policies', name, 'rules', at], `Nobody can sign in with the factor "${factor}" in this version.`)
}
