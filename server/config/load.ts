import { createHash } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import type { ClientRules } from '#shared/policy/engine/client-rules.ts'
import type { Policy } from '#shared/policy/rules/policy.ts'
import { type CardHostConfig, cardOf } from '../factors/smartcard/card.ts'
import { type Texting, textingOf } from '../factors/sms/texting.ts'
import { BadFile, type Fault, parseFile, readText, type YamlPath } from '../operator/yaml-file.ts'
import type { Secret } from '../secrets/secret.ts'
import { checkLength, readSecret, type SecretSource } from '../secrets/secret-source.ts'
import type { AcrSettings } from './acr.ts'
import { type CheckedConfig, checkedConfigFrom } from './checked-config.ts'
import { type Fixed, fixedIn } from './fixed-settings.ts'
import { checkResources } from './resources.ts'
import { checkBuilt, checkCardHost, checkFindings, rulebookOf } from './rulebook.ts'
import { type ClientSettings, type Configuration, configuration } from './schema.ts'
import { checkScopes } from './scopes.ts'
import { checkSubjects } from './subjects.ts'

export interface Client extends Omit<ClientSettings, 'client_secret' | 'policy'> {
  readonly client_id: string
  readonly client_secret: Secret<string> | null
  readonly clientRules: ClientRules
  /** The hash of `clientRules` as a whole: what a sign-in is decided by and spoken with. */
  readonly rulesHash: string
  /** The hash of the policy as the engine has it: decisions are recorded, and browsers are known, under it. */
  readonly policyHash: string
}

type WrittenResource = Configuration['resources'][string]
export interface Resource extends Omit<WrittenResource, 'introspection'> {
  readonly introspection: { readonly client_id: string; readonly client_secret: Secret<string> } | null
}

/** The settings whose references are resolved, and whose secrets are read and wrapped. */
interface Resolved {
  readonly resources: ReadonlyMap<string, Resource>
  readonly clients: ReadonlyMap<string, Client>
  readonly keys: { readonly signing: Secret<string>; readonly storage: Secret<string> } | null
  readonly bench: { readonly people: string; readonly cards: boolean } | null
  readonly admin: { readonly secret: Secret<string> } | null
  readonly card: CardHostConfig | null
  readonly sms: Texting
}

/** The configuration in force. */
export interface Config extends Omit<Configuration, 'policies' | keyof Resolved>, Resolved {
  /** The same configuration as the policy tools read it. */
  readonly checked: CheckedConfig
  readonly fixed: Fixed
}

/** Reads, checks and resolves a configuration file. Throws {@link BadFile}. */
export function loadConfig(file: string): Config {
  const parsed = parseFile(file, readText(file), configuration)
  if (!parsed.ok) throw new BadFile(parsed.faults)
  const { value, faultAt } = parsed
  const faults: Fault[] = []
  const report = (path: YamlPath, message: string) => void faults.push(faultAt(path, message))
  const secretAt = (source: SecretSource, path: YamlPath) =>
    readSecret(source, file, (message) => report(path, message))
  const sharedAt = (source: SecretSource, path: YamlPath, least?: number) => {
    const given = secretAt(source, path)
    checkLength(given, (message) => report(path, message), least)
    return given
  }

  const rulebook = rulebookOf(value, report)
  checkBuilt(rulebook, report)
  checkCardHost(rulebook, value.card !== undefined || (value.bench !== false && value.bench.cards), report)
  if (faults.length === 0) checkFindings(rulebook, report)
  const clients = Object.entries(value.clients).map(([id, settings]): [string, Client] => {
    const clientRules = rulebook.parties.get(id)?.clientRules
    if (!clientRules) throw new Error(`The client ${id} has no rules.`)
    const given = settings.client_secret
    return [
      id,
      {
        ...settings,
        client_id: id,
        client_secret: given ? sharedAt(given, ['clients', id, 'client_secret']) : null,
        clientRules,
        // A vocabulary holds functions: its settings stand for it.
        rulesHash: hashOf({ ...clientRules, vocabulary: value.acr }),
        policyHash: hashOf(clientRules.policy),
      },
    ]
  })
  const resources = Object.entries(value.resources).map(([indicator, settings]): [string, Resource] => {
    const { introspection: asks } = settings
    const path = ['resources', indicator, 'introspection', 'client_secret']
    const introspection = asks ? { ...asks, client_secret: sharedAt(asks.client_secret, path) } : null
    return [indicator, { ...settings, introspection }]
  })
  checkResources(value, report)
  checkScopes(value.scopes, value.resources, report)
  checkSubjects(value, report)
  const keys = value.keys
    ? {
        signing: secretAt(value.keys.signing, ['keys', 'signing']),
        storage: secretAt(value.keys.storage, ['keys', 'storage']),
      }
    : null
  const secret = value.admin ? sharedAt(value.admin.secret, ['admin', 'secret'], shortestAdmin) : null
  const admin = secret && { secret }
  const card = value.card ? cardOf(value.card, { folder: dirname(file), secret: secretAt, say: report }) : null
  const sms = textingOf(value.sms, { bench: value.bench !== false, secret: secretAt, say: report })
  if (faults.length > 0) throw new BadFile(faults)
  const bench = value.bench ? { ...value.bench, people: resolve(dirname(file), value.bench.people) } : null
  return {
    ...value,
    clients: new Map(clients),
    resources: new Map(resources),
    keys,
    bench,
    admin,
    card,
    sms,
    checked: checkedConfigFrom(file, parsed, rulebook),
    fixed: fixedIn(value),
  }
}

/** The least length of the admin secret: nothing counts guesses at it. */
const shortestAdmin = 32

const hashOf = (rules: Policy | (Omit<ClientRules, 'vocabulary'> & { readonly vocabulary: AcrSettings })) =>
  createHash('sha256').update(JSON.stringify(rules)).digest('base64url').slice(0, 16)
