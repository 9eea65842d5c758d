import { closestWord } from '../operator/closest-word.ts'
import type { Report, YamlPath } from '../operator/yaml-file.ts'
import { isLoopback } from '../settings/loopback.ts'
import type { WrittenCondition } from './conditions.ts'
import type { Configuration } from './schema.ts'

type Named = Pick<Configuration, 'clients' | 'groups' | 'issuer' | 'policies' | 'proxies'>

/** Reports clients and groups that the rules of policies name and nobody knows, and rules that share a name. */
export function checkNames(value: Named, report: Report): void {
  for (const [policy, { rules }] of Object.entries(value.policies)) {
    const first = new Map(rules.map(({ name }, at) => [name, at] as const).toReversed())
    for (const [at, { name, when }] of rules.entries()) {
      const path = ['policies', policy, 'rules', at]
      if (first.get(name) !== at) report([...path, 'name'], `There is a rule "${name}" in this policy already.`)
      if (when) checkCondition(when, [...path, 'when'], value, report)
    }
  }
}

function checkCondition(when: WrittenCondition, path: YamlPath, value: Named, report: Report): void {
  const look = (key: 'groups' | 'clients', what: string, known: readonly string[]) => {
    for (const [at, name] of (when[key] ?? []).entries())
      if (!known.includes(name))
        report([...path, key, at], `There is no ${what} "${name}".${closestWord(name, known, ' Did you mean "%"?')}`)
  }
  look('clients', 'client', Object.keys(value.clients))
  if (value.groups) look('groups', 'group', value.groups)
  // Beyond loopback a proxy stands in front of us: without `proxies`, all requests would come from its address.
  if (when.networks && value.proxies.length === 0 && value.issuer && !isLoopback(new URL(value.issuer)))
    report([...path, 'networks'], 'Where requests come from is known only behind proxies: list them under "proxies".')
  const inside = (key: 'any' | 'all') => {
    for (const [at, one] of (when[key] ?? []).entries()) checkCondition(one, [...path, key, at], value, report)
  }
  if (when.not) checkCondition(when.not, [...path, 'not'], value, report)
  inside('any')
  inside('all')
}
