import { type Certificate, isSelfIssued } from './certificate.ts'
import { anyPolicy, type PolicyExtensions, policyExtensionsOf } from './certificate-policies.ts'

/** The inputs of RFC 5280 §6.1.1 (c), (e), (f) and (g). */
export interface PolicyInputs {
  /** The acceptable policies; null for all. */
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

/** A policy that is valid at one depth (RFC 9618 §5.1): the policies expected next, and the policies above. */
interface Node {
  readonly expected: ReadonlySet<string>
  readonly parents: readonly string[]
}
/** The nodes of one depth, by their policies. */
type Level = Map<string, Node>

const node = (policy: string, parents: readonly string[]): Node => ({ expected: new Set([policy]), parents })

/**
 * Whether the policies of a path are valid (RFC 5280 §6.1, with the graph of RFC 9618 §5). The path begins below the
 * anchor. The graph has one node for each policy and depth, so that the work grows with the path's size.
 */
export function hasValidPolicies(path: readonly Certificate[], inputs: PolicyInputs): boolean {
  const left = (isZero: boolean) => (isZero ? 0 : path.length + 1)
  let [explicit, mapping, any] = [inputs.requireExplicit, inputs.inhibitMapping, inputs.inhibitAny].map(left) as [
    number,
    number,
    number,
  ]
  const levels: Level[] = [new Map([[anyPolicy, node(anyPolicy, [])]])]
  /** Whether any policy is left; once none is, none comes back. */
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

/** The nodes of a certificate's policies among the expected ones (§6.1.3(d)). */
function levelBelow(before: Level = new Map(), { policies }: PolicyExtensions, isAnyAllowed: boolean): Level {
  const followed = new Map<string, string[]>()
  for (const [policy, { expected }] of before)
    for (const next of expected) {
      const parents = followed.get(next)
      if (parents) parents.push(policy)
      else followed.set(next, [policy])
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

/** Applies a certificate's policy mappings; where mapping is inhibited, deletes the mapped policies (§6.1.4(b)). */
function applyMappings(level: Level, { mappings }: PolicyExtensions, isAllowed: boolean) {
  for (const [policy, expected] of mappings) {
    const parents = level.get(policy)?.parents ?? (level.has(anyPolicy) ? [anyPolicy] : null)
    if (!isAllowed) level.delete(policy)
    else if (parents) level.set(policy, { expected, parents })
  }
}

/** Whether a policy in the anchor's own domain is valid for the whole path and acceptable (§6.1.5(g)). */
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
