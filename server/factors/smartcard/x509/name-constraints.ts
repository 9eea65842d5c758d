import type { CertificationPath } from './certificate.ts'
import { extensions, fewIn, isSelfIssued, readOnce } from './certificate.ts'
import { childrenOf, contextTag, type Der, elements, Malformed, onlyElement, tags } from './der.ts'
import { type ConstrainedName, constrainedNamesOf, type Parts, type Subtree, subtreeIn } from './name-forms.ts'

/**
 * Whether every name of a path is within the name constraints of the certificates above (RFC 5280 §6.1.3(b) and (c),
 * §4.2.1.10). Each extension is read once and each name walks one tree, so that the work grows with the path's size.
 * Throws `Malformed`.
 */
export function satisfiesNameConstraints(path: CertificationPath): boolean {
  return path.every((authority, at) => {
    const constraints = constraintsOf(authority)
    const bound = path.slice(0, at).filter((certificate, below) => below === 0 || !isSelfIssued(certificate))
    return (
      constraints === null ||
      bound.every((certificate) => namesOf(certificate).every((name) => isAllowed(name, constraints)))
    )
  })
}

const namesOf = readOnce(constrainedNamesOf)
const constraintsOf = readOnce(({ extensions: all }) => {
  const bytes = all.get(extensions.nameConstraints)
  return bytes ? constraintsIn(bytes) : null
})
const isAllowed = (name: ConstrainedName, { permitted, excluded }: Constraints): boolean =>
  isPermitted(name, permitted) && !isExcluded(name, excluded)

/** The subtrees of one name form. `hasUnreadable`: a subtree is malformed, or of a form that is not compared. */
interface Subtrees {
  readonly root: Node
  hasUnreadable: boolean
}
interface Node {
  readonly next: Map<string, Node>
  holds: 'this-and-below' | 'below' | null
}
type Forms = ReadonlyMap<string, Subtrees>
interface Constraints {
  readonly permitted: Forms
  readonly excluded: Forms
}

function constraintsIn(bytes: Buffer): Constraints {
  const { permitted, excluded } = subtreesIn(bytes)
  return {
    permitted: formsOf(permitted.map(subtreeIn), ({ parts }) => parts),
    excluded: formsOf(excluded.map(subtreeIn), ({ parts }) => foldedParts(parts)),
  }
}

/** The bases of the subtrees, as elements of the DER. Throws `Malformed`. */
export function subtreesIn(bytes: Buffer): { readonly permitted: readonly Der[]; readonly excluded: readonly Der[] } {
  const fields = childrenOf(onlyElement(bytes, tags.sequence))
  const [permitted = [], excluded = []] = [0, 1].map((number) => fields.filter(({ tag }) => tag === contextTag(number)))
  if (fields.length === 0 || fields.length !== new Set(fields.map(({ tag }) => tag)).size)
    throw new Malformed('name constraints that are empty, or there twice')
  if (permitted.length + excluded.length !== fields.length)
    throw new Malformed('name constraints with something else inside')
  return { permitted: permitted.flatMap(basesIn), excluded: excluded.flatMap(basesIn) }
}

function basesIn({ body }: Der): readonly Der[] {
  const subtrees = fewIn(elements(body))
  if (subtrees.length === 0) throw new Malformed('a list of name constraints that is empty')
  return subtrees.map((subtree) => {
    const [base, ...distances] = childrenOf(subtree)
    // The minimum is zero, which DER leaves out, and there is no maximum (RFC 5280 §4.2.1.10).
    if (!base || distances.length > 0) throw new Malformed('a name constraint with distances')
    return base
  })
}

const newNode = (): Node => ({ next: new Map(), holds: null })
function formsOf(subtrees: readonly Subtree[], partsOf: (subtree: Subtree) => Parts | null): Forms {
  const forms = new Map<string, Subtrees>()
  for (const subtree of subtrees) {
    const form = forms.get(subtree.form) ?? { root: newNode(), hasUnreadable: false }
    forms.set(subtree.form, form)
    const parts = partsOf(subtree)
    if (parts) plant(form.root, parts, subtree.isBelow)
    else form.hasUnreadable = true
  }
  return forms
}

function plant(root: Node, parts: Parts, isBelow: boolean) {
  let node = root
  for (const part of parts) {
    const child = node.next.get(part) ?? newNode()
    node.next.set(part, child)
    node = child
  }
  if (!isBelow) node.holds = 'this-and-below'
  node.holds ??= 'below'
}

function isWithin(root: Node, parts: Parts): boolean {
  let node: Node | undefined = root
  for (const part of [...parts, null]) {
    if (node.holds === 'this-and-below' || (node.holds === 'below' && part)) return true
    node = part === null ? undefined : node.next.get(part)
    if (!node) return false
  }
  return false
}

/** Whether a name is permitted: any name without a constraint of its form, but no name that cannot be compared. */
function isPermitted({ form, parts }: ConstrainedName, permitted: Forms): boolean {
  const subtrees = permitted.get(form)
  return !subtrees || (parts !== null && isWithin(subtrees.root, parts))
}

/** Whether a name is excluded. With a constraint of its form, a name or subtree that cannot be compared excludes it. */
function isExcluded({ form, parts }: ConstrainedName, excluded: Forms): boolean {
  const subtrees = excluded.get(form)
  const folded = foldedParts(parts)
  return subtrees !== undefined && (folded === null || subtrees.hasUnreadable || isWithin(subtrees.root, folded))
}

/** Parts in lower case: excluding a local part means any case, since mail systems accept any. */
const foldedParts = (parts: Parts | null): Parts | null => parts?.map((part) => part.toLowerCase()) ?? null
