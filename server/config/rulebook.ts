import { meaningOf, vocabularyOf } from '#shared/acr/index.ts'
import type { Dialect } from '#shared/amr/dialect.ts'
import { dialects } from '#shared/amr/index.ts'
import { rfc8176 } from '#shared/amr/rfc8176.ts'
import { isBuilt } from '#shared/factors/index.ts'
import { traitsOf } from '#shared/factors/table.ts'
import { lint } from '#shared/policy/lint/lint.ts'
import type { Choice, Policy } from '#shared/policy/rules/policy.ts'
import type { Party } from '#shared/policy/tools/simulate.ts'
import { closestWord } from '../operator/closest-word.ts'
import type { Report } from '../operator/yaml-file.ts'
import { checkAcr, definedValues } from './acr.ts'
import { checkNames } from './names.ts'
import { policyFrom } from './policies.ts'
import type { Configuration } from './schema.ts'

/** The policies, and the clients that they decide for: what a configuration decides, and none of its secrets. */
export interface Rulebook {
  readonly policies: readonly Policy[]
  readonly parties: ReadonlyMap<string, Party>
}

export function rulebookOf(value: Configuration, report: Report): Rulebook {
  checkAcr(value.acr, report)
  checkNames(value, report)
  const policies = new Map(Object.entries(value.policies).map(([name, written]) => [name, policyFrom(name, written)]))
  const vocabulary = vocabularyOf(value.acr.aliases, definedValues(value.acr))
  const spoken = dialectsOf(value, report)
  const { default_policy } = value
  const byDefault = default_policy === undefined ? undefined : policies.get(default_policy)
  if (default_policy !== undefined && !byDefault)
    report(['default_policy'], nothing('policy', default_policy, [...policies.keys()]))
  const parties = Object.entries(value.clients).map(([id, settings]): [string, Party] => {
    const named = <T>(key: 'policy' | 'dialect', name: string, known: ReadonlyMap<string, T>) => {
      const found = known.get(name)
      if (!found) report(['clients', id, key], nothing(key, name, [...known.keys()]))
      return found
    }
    const policy = settings.policy ? named('policy', settings.policy, policies) : byDefault
    if (!settings.policy && !value.default_policy)
      report(['clients', id], '"policy" is missing here, and there is no default_policy.')
    const dialect = named('dialect', settings.dialect, spoken) ?? rfc8176
    const strict = settings.acr === 'strict'
    for (const [at, value] of (settings.default_acr_values ?? []).entries())
      if (!meaningOf(value, vocabulary))
        report(['clients', id, 'default_acr_values', at], nothing('acr value', value, Object.keys(vocabulary)))
    const requiresAmr = settings.requires !== undefined
    return [
      id,
      {
        id,
        defaultAcr: settings.default_acr_values,
        clientRules: { policy: policy ?? nobodyIn, vocabulary, dialect, strict, requiresAmr },
      },
    ]
  })
  return { policies: [...policies.values()], parties: new Map(parties) }
}

const nothing = (what: string, name: string, known: readonly string[]) =>
  `There is no ${what} "${name}".${closestWord(name, known, ' Did you mean "%"?')}`

/** The built-in dialects and the operator's own, by name. */
function dialectsOf(value: Pick<Configuration, 'dialects'>, report: Report): ReadonlyMap<string, Dialect> {
  for (const id of Object.keys(value.dialects))
    if (Object.hasOwn(dialects, id)) report(['dialects', id], `There is a dialect "${id}" already.`)
  return new Map(Object.entries({ ...value.dialects, ...dialects }))
}

const nobodyIn: Policy = { name: '', rules: [], reuse: {} }

/** Reports factors that are not built yet: their policy can be checked, but not served. */
export function checkBuilt({ policies }: Rulebook, report: Report): void {
  for (const { name, rules } of policies)
    for (const [at, { flows }] of rules.entries())
      for (const factor of new Set(flows.flat(2).map((choice) => choice.factor)))
        if (!isBuilt(factor))
          report(['policies', name, 'rules', at], `Nobody can sign in with the factor "${factor}" in this version.`)
}

/** Reports steps that nobody can pass without a card host, where there is none. */
export function checkCardHost({ policies }: Rulebook, hasCardHost: boolean, report: Report): void {
  const isShut = ({ factor }: Choice) => traitsOf(factor).elsewhere
  for (const { name, rules } of hasCardHost ? [] : policies)
    for (const [at, { flows }] of rules.entries())
      if (flows.flat().some((step) => step.every(isShut)))
        report(
          ['policies', name, 'rules', at],
          'Nobody can pass a step of this rule without a card host: configure `card`.',
        )
}

/** Reports the linter's errors as faults of the file: a policy with one must not be put in force. */
export function checkFindings({ policies, parties }: Rulebook, report: Report): void {
  for (const { level, path, sentence, fix, code } of lint(policies, [...parties.values()]))
    if (level === 'error') report(path, `${sentence} ${fix} (${code})`)
}
