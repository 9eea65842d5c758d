import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { YamlPath } from '../../operator/yaml-file.ts'
import type { Secret } from '../../secrets/secret.ts'
import { purposeIds } from './card-purposes.ts'
import type { CardBinding } from './handle.ts'
import type { CardSettings } from './settings.ts'
import type { Anchor } from './validate-card.ts'
import { type Certificate, readCertificate } from './x509/certificate.ts'
import { crlReadingOf } from './x509/crl-reader.ts'
import type { Purposes } from './x509/extended-key-usage.ts'
import { everyPolicy, type PolicyInputs } from './x509/policy-graph.ts'

export interface CardAnchor extends Anchor {
  readonly binding: CardBinding
  readonly unlocked: boolean
}

/** The card host's configuration in force: files read, secrets wrapped. */
export interface CardHostConfig {
  /** The origin. `*.` at the beginning of its host stands for a new name at each attempt. */
  readonly origin: string
  /** `orAny`: listen on any free port when the port is taken. */
  readonly listen: { readonly host: string; readonly port: number; readonly orAny?: true }
  readonly ends:
    | { readonly at: 'us'; readonly certificate: string; readonly key: Secret<string> }
    | { readonly at: 'proxy'; readonly networks: readonly string[]; readonly secret: Secret<string> }
  readonly policies: PolicyInputs
  readonly anchors: readonly CardAnchor[]
}

/** Readers of the files and secrets that the configuration names; they report faults at their path. */
export interface Reader {
  readonly folder: string
  readonly secret: (source: NonNullable<CardSettings['tls']>['key'], path: YamlPath) => Secret<string>
  readonly say: (path: YamlPath, message: string) => void
}

export function cardOf({ origin, listen, tls, proxy, policies, anchors }: CardSettings, read: Reader): CardHostConfig {
  const ends = tls
    ? tlsOf(tls, read)
    : ({
        at: 'proxy',
        networks: proxy?.networks ?? [],
        secret: read.secret(proxy?.secret ?? '', ['card', 'proxy', 'secret']),
      } as const)
  return {
    origin,
    listen,
    ends,
    policies: inputsOf(policies),
    anchors: anchors.map((one, at) => anchorOf(one, ['card', 'anchors', at], read)),
  }
}

/** The policy inputs of path validation: configured policies are required explicitly, whatever the issuers require. */
const inputsOf = (policies: CardSettings['policies']): PolicyInputs =>
  policies.length > 0 ? { ...everyPolicy, acceptable: new Set(policies), requireExplicit: true } : everyPolicy

const purposesOf = (names: CardSettings['anchors'][number]['purposes']): Purposes => ({
  accepted: names.flatMap((name) => (name === 'absent' ? [] : (idsByName[name] ?? name))),
  areOptional: names.includes('absent'),
})
const idsByName: Readonly<Record<string, string>> = purposeIds

function tlsOf(tls: NonNullable<CardSettings['tls']>, read: Reader) {
  const certificate = textOf(read, tls.certificate, ['card', 'tls', 'certificate'])
  const key = read.secret(tls.key, ['card', 'tls', 'key'])
  try {
    createSecureContext({ cert: certificate, key: key.reveal() })
  } catch {
    read.say(['card', 'tls'], 'These are no certificate (PEM) and its private key.')
  }
  return { at: 'us', certificate, key } as const
}

function anchorOf(
  { name, certificates, intermediates, purposes, binding, unlocked, revocation }: CardSettings['anchors'][number],
  path: YamlPath,
  read: Reader,
): CardAnchor {
  const authoritiesIn = (file: string | undefined, key: string) => {
    if (file === undefined) return []
    const all = certificatesIn(textOf(read, file, [...path, key]))
    if (all.length === 0 || all.some((one) => !one?.ca))
      read.say([...path, key], 'In this file stand the certificates of authorities (PEM), and nothing else.')
    return all.flatMap((one) => one ?? [])
  }
  return {
    name,
    certificates: authoritiesIn(certificates, 'certificates'),
    intermediates: authoritiesIn(intermediates, 'intermediates'),
    purposes: purposesOf(purposes),
    binding,
    unlocked,
    unreachable: revocation.unreachable,
    sources: {
      lists: revocation.lists.map((list, at) => listIn(list, [...path, 'revocation', 'lists', at], read)),
      responder: revocation.responder ?? null,
      hosts: revocation.hosts,
      needsNonce: revocation.nonce === 'required',
    },
  }
}

/** Checks a revocation list at start: an unreadable list would let nobody in, a partly read list too many. */
function listIn(file: string, path: YamlPath, { folder, say: report }: Reader): string {
  const whole = resolve(folder, file)
  try {
    const reading = crlReadingOf(readFileSync(whole))
    if (!reading.ok) report(path, `${whole} cannot be used as a revocation list: ${reading.why}.`)
  } catch (error) {
    report(path, `${whole} cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
  return whole
}

function textOf({ folder, say: report }: Reader, file: string, path: YamlPath): string {
  try {
    return readFileSync(resolve(folder, file), 'utf8')
  } catch (error) {
    report(path, `This file cannot be read (${(error as NodeJS.ErrnoException).code}).`)
    return ''
  }
}

export const certificatesIn = (pem: string): readonly (Certificate | null)[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []).map(readCertificate)
