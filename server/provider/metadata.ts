import { acrValues, meaningOf, vocabularyOf } from '#shared/acr/index.ts'
import { isBuilt } from '#shared/factors/index.ts'
import { definedValues } from '../config/acr.ts'
import type { Config } from '../config/load.ts'

/** The acr values that can be asked for, without those that only factors to come would meet. */
export function acrValuesOf({ acr }: Pick<Config, 'acr'>): string[] {
  const vocabulary = vocabularyOf(acr.aliases, definedValues(acr))
  return [...acrValues, ...Object.keys(acr.aliases), ...Object.keys(acr.vocabulary)].filter((value) => {
    const meaning = meaningOf(value, vocabulary)
    return meaning?.is === 'level' || [...(meaning?.factors ?? [])].some(isBuilt)
  })
}

/** Metadata beside the engine's own (OpenID Connect Discovery 1.0 §3, RFC 8414 §2, Prompt Create 1.0 §4.2). */
export const discovery = {
  ui_locales_supported: ['en'],
  claim_types_supported: ['normal'],
  introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
}

/** The subject types of the configured clients: nobody else can register (OpenID Connect Core 1.0 §8). */
export const subjectTypesOf = ({ clients }: Pick<Config, 'clients'>): ('public' | 'pairwise')[] =>
  [...clients.values()].some((client) => client.subject_type === 'pairwise') ? ['public', 'pairwise'] : ['public']
