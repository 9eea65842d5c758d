import { extensions, fewIn, readOnce } from './certificate.ts'
import {
  childrenOf,
  context,
  countIn,
  countOf,
  type Der,
  elements,
  Malformed,
  oidIn,
  onlyElement,
  tags,
} from './der.ts'

/** What stands for every policy (RFC 5280 §4.2.1.4). */
export const anyPolicy = '2.5.29.32.0'

/** What one certificate says about policies. Policies are dotted object identifiers; Infinity is "not said". */
export interface PolicyExtensions {
  /** Those that it is issued under (§4.2.1.4); null where it has no such extension. */
  readonly policies: ReadonlySet<string> | null
  /** By a policy of the issuer's domain: its equals in the subject's (§4.2.1.5). */
  readonly mappings: ReadonlyMap<string, ReadonlySet<string>>
  /** After so many more certificates: a policy is required, mapping ends (§4.2.1.11), and anyPolicy counts for none (§4.2.1.14). */
  readonly requireExplicit: number
  readonly inhibitMapping: number
  readonly inhibitAny: number
}

/** Throws `Malformed`, also for what RFC 5280 forbids to issue: a policy twice, a mapping of anyPolicy, nothing at all. */
export const policyExtensionsOf = readOnce(({ extensions: all }): PolicyExtensions => {
  const [policies, mappings] = [all.get(extensions.certificatePolicies), all.get(extensions.policyMappings)]
  const [constraints, inhibit] = [all.get(extensions.policyConstraints), all.get(extensions.inhibitAnyPolicy)]
  const limits = constraints ? limitsIn(constraints) : new Map<number, number>()
  return {
    policies: policies ? policiesIn(policies) : null,
    mappings: mappings ? mappingsIn(mappings) : new Map(),
    requireExplicit: limits.get(context(0)) ?? Number.POSITIVE_INFINITY,
    inhibitMapping: limits.get(context(1)) ?? Number.POSITIVE_INFINITY,
    inhibitAny: inhibit ? countIn(onlyElement(inhibit, tags.integer)) : Number.POSITIVE_INFINITY,
  }
})

/** The entries of an extension that must have some. */
function entriesIn(bytes: Buffer): readonly Der[] {
  const entries = fewIn(elements(onlyElement(bytes, tags.sequence).body))
  if (entries.length === 0) throw new Malformed('a policy extension that is empty')
  return entries
}

function policiesIn(bytes: Buffer): ReadonlySet<string> {
  const entries = entriesIn(bytes)
  const policies = new Set(entries.map((entry) => oidIn(childrenOf(entry)[0])))
  if (policies.size < entries.length) throw new Malformed('a policy that is there twice')
  return policies
}

function mappingsIn(bytes: Buffer): ReadonlyMap<string, ReadonlySet<string>> {
  const mappings = new Map<string, Set<string>>()
  for (const entry of entriesIn(bytes)) {
    const [ofIssuer, ofSubject, ...more] = childrenOf(entry)
    const [from, to] = [oidIn(ofIssuer), oidIn(ofSubject)]
    if (from === anyPolicy || to === anyPolicy || more.length > 0) throw new Malformed('a mapping of every policy')
    mappings.set(from, (mappings.get(from) ?? new Set()).add(to))
  }
  return mappings
}

function limitsIn(bytes: Buffer): ReadonlyMap<number, number> {
  const entries = entriesIn(bytes)
  const limits = new Map(entries.map(({ tag, body }) => [tag, countOf(body)]))
  if (limits.size < entries.length || [...limits.keys()].some((tag) => tag !== context(0) && tag !== context(1)))
    throw new Malformed('policy constraints with something else inside')
  return limits
}
