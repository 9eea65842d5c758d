import { type Certificate, isSelfIssued } from './certificate.ts'
import { anyPolicy, type PolicyExtensions, policyExtensionsOf } from './certificate-policies.ts'

/** The inputs of RFC 5280 §6.1.1 (c), (e), (f) and (g). */
export interface PolicyInputs {
  /** The policies that are acceptable; null for all. */
  readonly acceptable: ReadonlySet<string> | null
  readonly requireExplicit: boolean
  readonly inhibitMapping: boolean
  readonly inhibitAny: boolean
}
export const everyPolicy: PolicyInputs = {
  acceptable: null,
  requireExplicit: false,
  inhibitMapping: false,
  inhibitAny: false,
}

/** A policy that is valid at one depth (RFC 9618 §5.1): the policies that may follow it, and those that it follows. */
interface Node {
  readonly expected: ReadonlySet<string>
  readonly parents: readonly string[]
}
/** The nodes of one depth, by their policies. */
type Level = Map<string, Node>

const node = (policy: string, parents: readonly string[]): Node => ({ expected: new Set([policy]), parents })

/**
 * Whether the policies of a path are valid (RFC 5280 §6.1, with the graph of RFC 9618 §5). The path stands from the
 * anchor's side on, without the anchor. One node for each policy and depth, so that the work grows with the path's size.
 */
export function hasValidPolicies(path: readonly Certificate[], inputs: PolicyInputs): boolean {
  const left = (isZero: boolean) => (isZero ? 0 : path.length + 1)
  let [explicit, mapping, any] = [inputs.requireExplicit, inputs.inhibitMapping, inputs.inhibitAny].map(left) as [
    number,
    number,
    number,
  ]
  const levels: Level[] = [new Map([[anyPolicy, node(anyPolicy, [])]])]
  /** Once no policy is left, none comes back. */
  let isAlive = true

  for (const [at, certificate] of path.entries()) {
    const [stated, isLast, isOwn] = [policyExtensionsOf(certificate), at === path.length - 1, isSelfIssued(certificate)]
    const level: Level = isAlive ? levelBelow(levels.at(-1), stated, any > 0 || (!isLast && isOwn)) : new Map()
    if (!isLast) applyMappings(level, stated, mapping > 0)
    isAlive = level.size > 0
    levels.push(level)
    if (explicit === 0 && !isAlive) return false
    const step = isOwn && !isLast ? 0 : 1
    explicit = isLast && stated.requireExplicit === 0 ? 0 : less(explicit, step, isLast ? null : stated.requireExplicit)
    mapping = less(mapping, step, stated.inhibitMapping)
    any = less(any, step, stated.inhibitAny)
  }
  return explicit > 0 || (isAlive && hasAcceptable(levels, inputs.acceptable))
}

/** A counter after one more certificate (§6.1.4(h), (i) and (j); §6.1.5(a) and (b)). */
const less = (counter: number, step: number, said: number | null): number =>
  Math.min(Math.max(counter - step, 0), said ?? Number.POSITIVE_INFINITY)

/** §6.1.3(d): what this certificate is issued under, of what may follow. */
function levelBelow(before: Level = new Map(), { policies }: PolicyExtensions, isAnyAllowed: boolean): Level {
  const followed = new Map<string, string[]>()
  for (const [policy, { expected }] of before)
    for (const one of expected) {
      const parents = followed.get(one)
      if (parents) parents.push(policy)
      else followed.set(one, [policy])
    }
  const level: Level = new Map()
  for (const policy of policies ?? []) {
    const parents = followed.get(policy) ?? (before.has(anyPolicy) ? [anyPolicy] : null)
    if (policy !== anyPolicy && parents) level.set(policy, node(policy, parents))
  }
  if (policies?.has(anyPolicy) && isAnyAllowed)
    for (const [policy, parents] of followed) if (!level.has(policy)) level.set(policy, node(policy, parents))
  return level
}

/** §6.1.4(b): policies that are equal to others from here on, or that may not be any more. */
function applyMappings(level: Level, { mappings }: PolicyExtensions, isAllowed: boolean) {
  for (const [policy, expected] of mappings) {
    const parents = level.get(policy)?.parents ?? (level.has(anyPolicy) ? [anyPolicy] : null)
    if (!isAllowed) level.delete(policy)
    else if (parents) level.set(policy, { expected, parents })
  }
}

/** §6.1.5(g): whether a policy of the anchor's own domain that the whole path stands under is acceptable. */
function hasAcceptable(levels: readonly Level[], acceptable: ReadonlySet<string> | null): boolean {
  if (!acceptable || acceptable.has(anyPolicy) || levels.at(-1)?.has(anyPolicy)) return true
  let reached = new Set(levels.at(-1)?.keys())
  for (const level of levels.toReversed()) {
    const parents = new Set<string>()
    for (const policy of reached)
      for (const parent of level.get(policy)?.parents ?? []) {
        if (parent === anyPolicy && acceptable.has(policy)) return true
        parents.add(parent)
      }
    reached = parents
  }
  return false
}
