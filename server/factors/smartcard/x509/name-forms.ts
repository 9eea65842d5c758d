import { type Certificate, extensions } from './certificate.ts'
import { childrenOf, type Der, elements, Malformed, oidIn, onlyElement, tags } from './der.ts'
import { comparableName, directoryText } from './distinguished-name.ts'
import { asciiIn, generalNameTags, subjectAltNamesOf } from './general-names.ts'

/**
 * Parts of a name from the most general part on: relative names, labels from the right, bits of an address. A name in a
 * subtree begins with the subtree's parts (RFC 5280 §4.2.1.10). An empty part ends a host that has nothing below.
 */
export type Parts = readonly string[]

/** A name that constraints may bind. `parts` is null for a malformed name, and for a form that is not compared. */
export interface ConstrainedName {
  /** Names are bound by constraints of the same form alone. */
  readonly form: string
  readonly parts: Parts | null
}

export interface Subtree extends ConstrainedName {
  /** The subtree begins one part below: a mail or URI constraint with a dot in front. */
  readonly isBelow: boolean
}

const emailAddress = '1.2.840.113549.1.9.1'
const smtpUtf8Mailbox = '1.3.6.1.5.5.7.8.9'

/** All names of a certificate: its subject, its alternative names or, without them, the subject's mail addresses. */
export function constrainedNamesOf(certificate: Certificate): readonly ConstrainedName[] {
  const subject = childrenOf(onlyElement(certificate.subject, tags.sequence))
  return [
    ...(subject.length > 0
      ? [{ form: formOf(generalNameTags.directory), parts: comparableName(certificate.subject) }]
      : []),
    ...(certificate.extensions.has(extensions.subjectAltName) ? [] : subject.flatMap(mailsIn)),
    ...subjectAltNamesOf(certificate).map(nameIn),
  ]
}

const formOf = (tag: number) => String(tag)
const mailsIn = (relative: Der): readonly ConstrainedName[] =>
  childrenOf(relative, tags.set)
    .map((pair) => childrenOf(pair))
    .filter(([type]) => oidIn(type) === emailAddress)
    .map(([, value]) => ({
      form: formOf(generalNameTags.email),
      parts: mailbox((value && directoryText(value)) ?? ''),
    }))

function nameIn({ tag, body }: Der): ConstrainedName {
  if (tag !== generalNameTags.other) return { form: formOf(tag), parts: read(() => names[tag]?.(body) ?? null) }
  const [type] = elements(body)
  // Mail constraints bind a mail address with letters beyond ASCII (RFC 9598 §6), which is not compared with them.
  return {
    form: oidIn(type) === smtpUtf8Mailbox ? formOf(generalNameTags.email) : `${tag} ${oidIn(type)}`,
    parts: null,
  }
}

/** The base of a subtree, which constraints write differently from a name. */
export function subtreeIn({ tag, body }: Der): Subtree {
  if (tag === generalNameTags.other) return { ...nameIn({ tag, body, raw: body }), isBelow: false }
  const subtree = read(() => subtrees[tag]?.(body) ?? null)
  return { form: formOf(tag), parts: subtree?.parts ?? null, isBelow: subtree?.isBelow ?? false }
}

function read<T>(of: () => T): T | null {
  try {
    return of()
  } catch (error) {
    if (error instanceof Malformed) return null
    throw error
  }
}

const names: Readonly<Record<number, (body: Buffer) => Parts | null>> = {
  [generalNameTags.email]: (body) => mailbox(asciiIn(body)),
  [generalNameTags.host]: (body) => labels(asciiIn(body)),
  [generalNameTags.directory]: (body) => comparableName(body),
  [generalNameTags.uri]: (body) => ended(labels(uri.exec(asciiIn(body))?.[1] ?? '')),
  [generalNameTags.ip]: (body) => (body.length === 4 || body.length === 16 ? bits(body) : null),
}

type Base = Pick<Subtree, 'isBelow'> & { readonly parts: Parts | null }
const whole = (parts: Parts | null): Base => ({ parts, isBelow: false })
/** The base of one host, or, with a dot in front, of all hosts below. */
const hostOrBelow = (text: string): Base =>
  text.startsWith('.') ? { parts: labels(text.slice(1)), isBelow: true } : whole(ended(labels(text)))

const subtrees: Readonly<Record<number, (body: Buffer) => Base>> = {
  [generalNameTags.email]: (body) => (body.includes('@') ? whole(mailbox(asciiIn(body))) : hostOrBelow(asciiIn(body))),
  [generalNameTags.host]: (body) => whole(labels(asciiIn(body))),
  [generalNameTags.directory]: (body) => whole(comparableName(body)),
  [generalNameTags.uri]: (body) => hostOrBelow(asciiIn(body)),
  [generalNameTags.ip]: (body) => whole(network(body)),
}

const host = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/i
/** A host's labels from the right; null for a wildcard, an IP address, and anything else that is no host. */
const labels = (text: string): Parts | null =>
  host.test(text) && !/(^|\.)\d+$/.test(text) ? text.toLowerCase().split('.').reverse() : null
const ended = (parts: Parts | null): Parts | null => parts && [...parts, '']

/** A mailbox's host and local part, whose case counts (RFC 5280 §7.5); null for a quoted local part. */
function mailbox(address: string): Parts | null {
  const [, local, domain = ''] = /^([\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*)@([^@]+)$/.exec(address) ?? []
  const hostParts = ended(labels(domain))
  return local && hostParts ? [...hostParts, local] : null
}

/** The host of a URI with an authority (RFC 3986 §3.2). Without backslashes, which end a host for browsers. */
const uri = /^[a-z][a-z0-9+.-]*:\/\/(?:[\w.~!$&'()*+,;=:%-]*@)?([^/?#:@]+)(?::\d*)?(?:[/?#].*)?$/i

const bitsOf = (bytes: Buffer) => [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
const bits = (bytes: Buffer): Parts => [String(bytes.length), ...bitsOf(bytes)]
/** A network's address bits under its mask, which must be one run of bits (RFC 4632 §3.1). */
function network(body: Buffer): Parts | null {
  if (body.length !== 8 && body.length !== 32) return null
  const [address, mask] = [body.subarray(0, body.length / 2), bitsOf(body.subarray(body.length / 2))]
  const run = /^(1*)0*$/.exec(mask)?.[1]
  return run === undefined ? null : bits(address).slice(0, 1 + run.length)
}
