import { type Certificate, extensions } from './certificate.ts'
import { contextOf, type Der, elements, inside, only, tags } from './der.ts'
import { asciiIn, kinds, namesOf } from './names.ts'
import type { Path } from './path.ts'

/** A name of a certificate, or one that constrains others: its kind, and its content. */
type Name = Pick<Der, 'tag' | 'body'>

/** Whether every name is one that those above may give (RFC 5280 §4.2.1.10). A kind that cannot be compared is not. */
export const keepsConstraints = (path: Path): boolean =>
  path.every((authority, at) => {
    const bytes = authority.extensions.get(extensions.nameConstraints)
    if (!bytes) return true
    const trees = inside(only(bytes, tags.sequence))
    const subtreesOf = (number: number) => trees.filter(({ tag }) => tag === contextOf(number)).flatMap(basesIn)
    const [permitted, excluded] = [subtreesOf(0), subtreesOf(1)]
    return path
      .slice(0, at)
      .filter((one, below) => below === 0 || !one.subject.equals(one.issuer))
      .flatMap(allNamesOf)
      .every((name) => isPermitted(name, permitted) && !isExcluded(name, excluded))
  })

const basesIn = (subtrees: Der): readonly Name[] =>
  [...elements(subtrees.body)].flatMap((subtree) => inside(subtree).slice(0, 1))

/** The subject is a name as much as the alternatives are. */
const allNamesOf = (certificate: Certificate): readonly Name[] => [
  ...(inside(only(certificate.subject, tags.sequence)).length > 0
    ? [{ tag: kinds.directory, body: certificate.subject }]
    : []),
  ...namesOf(certificate),
]

function isPermitted(name: Name, bases: readonly Name[]): boolean {
  const own = bases.filter(({ tag }) => tag === name.tag)
  return own.length === 0 || own.some((base) => isWithin(name, base) === true)
}
const isExcluded = (name: Name, bases: readonly Name[]): boolean =>
  bases.some((base) => base.tag === name.tag && isWithin(name, base) !== false)

/** Null when we cannot say. */
function isWithin(name: Name, base: Name): boolean | null {
  switch (name.tag) {
    case kinds.directory: {
      const [parts, root] = [name, base].map(({ body }) => inside(only(body, tags.sequence)))
      return root?.every(({ raw }, at) => parts?.[at]?.raw.equals(raw)) ?? null
    }
    case kinds.email:
      return isMailWithin(asciiIn(name.body).toLowerCase(), asciiIn(base.body).toLowerCase())
    case kinds.host:
      return isHostWithin(asciiIn(name.body).toLowerCase(), asciiIn(base.body).toLowerCase())
    default:
      return null
  }
}

/** One mailbox, all of a host, or with a dot before it all of the hosts below one. */
function isMailWithin(address: string, base: string): boolean {
  if (base.includes('@')) return address === base
  const host = address.slice(address.lastIndexOf('@') + 1)
  return base.startsWith('.') ? host.endsWith(base) : host === base
}

const isHostWithin = (host: string, base: string): boolean =>
  base === '' || host === base || host.endsWith(`.${base.replace(/^\./, '')}`)
