import { createHash } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import type { Terms } from '#shared/policy/engine/terms.ts'
import type { Policy } from '#shared/policy/rules/policy.ts'
import { type Card, cardOf } from '../factors/smartcard/card.ts'
import { type Texting, textingOf } from '../factors/sms/texting.ts'
import { BadFile, type Fault, type Path, parseFile, readText } from '../operator/yaml-file.ts'
import type { Secret } from '../secrets/secret.ts'
import { readSecret, type SecretSource, sayShort } from '../secrets/source.ts'
import { type Draft, draftFrom } from './draft.ts'
import { type Fixed, fixedIn } from './fixed.ts'
import { sayResources } from './resources.ts'
import { rulebookOf, sayErrors, sayShut, sayUnbuilt } from './rulebook.ts'
import { type ClientSettings, type Configuration, configuration } from './schema.ts'
import { sayScopes } from './scopes.ts'
import { saySubjects } from './subjects.ts'

export interface Client extends Omit<ClientSettings, 'client_secret' | 'policy'> {
  readonly client_id: string
  readonly client_secret: Secret<string> | null
  readonly terms: Terms
  /** Of the policy as the engine has it: what a decision was made under. */
  readonly policyHash: string
}

type WrittenResource = Configuration['resources'][string]
export interface Resource extends Omit<WrittenResource, 'introspection'> {
  readonly introspection: { readonly client_id: string; readonly client_secret: Secret<string> } | null
}

/** References resolved, secrets read and wrapped. */
interface Resolved {
  readonly resources: ReadonlyMap<string, Resource>
  readonly clients: ReadonlyMap<string, Client>
  readonly keys: { readonly signing: Secret<string>; readonly storage: Secret<string> } | null
  readonly bench: { readonly people: string; readonly cards: boolean } | null
  readonly admin: { readonly secret: Secret<string> } | null
  readonly card: Card | null
  readonly sms: Texting
}

/** The configuration in force. */
export interface Config extends Omit<Configuration, 'policies' | keyof Resolved>, Resolved {
  /** What the policy tools look at. */
  readonly draft: Draft
  readonly fixed: Fixed
}

/** Reads, checks and resolves a configuration file. Throws {@link BadFile}. */
export function loadConfig(file: string): Config {
  const parsed = parseFile(file, readText(file), configuration)
  if (!parsed.ok) throw new BadFile(parsed.faults)
  const { value, faultAt } = parsed
  const faults: Fault[] = []
  const say = (path: Path, message: string) => void faults.push(faultAt(path, message))
  const secretAt = (source: SecretSource, path: Path) => readSecret(source, file, (message) => say(path, message))
  const sharedAt = (source: SecretSource, path: Path, least?: number) => {
    const given = secretAt(source, path)
    sayShort(given, (message) => say(path, message), least)
    return given
  }

  const rulebook = rulebookOf(value, say)
  sayUnbuilt(rulebook, say)
  sayShut(rulebook, value.card !== undefined || (value.bench !== false && value.bench.cards), say)
  if (faults.length === 0) sayErrors(rulebook, say)
  const clients = Object.entries(value.clients).map(([id, settings]): [string, Client] => {
    const terms = rulebook.parties.get(id)?.terms
    if (!terms) throw new Error(`The client ${id} has no terms.`)
    const given = settings.client_secret
    return [
      id,
      {
        ...settings,
        client_id: id,
        client_secret: given ? sharedAt(given, ['clients', id, 'client_secret']) : null,
        terms,
        policyHash: hashOf(terms.policy),
      },
    ]
  })
  const resources = Object.entries(value.resources).map(([indicator, settings]): [string, Resource] => {
    const { introspection: asks } = settings
    const path = ['resources', indicator, 'introspection', 'client_secret']
    const introspection = asks ? { ...asks, client_secret: sharedAt(asks.client_secret, path) } : null
    return [indicator, { ...settings, introspection }]
  })
  sayResources(value, say)
  sayScopes(value.scopes, value.resources, say)
  saySubjects(value, say)
  const keys = value.keys
    ? {
        signing: secretAt(value.keys.signing, ['keys', 'signing']),
        storage: secretAt(value.keys.storage, ['keys', 'storage']),
      }
    : null
  const secret = value.admin ? sharedAt(value.admin.secret, ['admin', 'secret'], shortestAdmin) : null
  const admin = secret && { secret }
  const card = value.card ? cardOf(value.card, { folder: dirname(file), secret: secretAt, say }) : null
  const sms = textingOf(value.sms, { bench: value.bench !== false, secret: secretAt, say })
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
    draft: draftFrom(file, parsed, rulebook),
    fixed: fixedIn(value),
  }
}

/** Nobody counts how often it is guessed. */
const shortestAdmin = 32

const hashOf = (policy: Policy) => createHash('sha256').update(JSON.stringify(policy)).digest('base64url').slice(0, 16)
