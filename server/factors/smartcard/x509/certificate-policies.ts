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

/** The identifier that stands for every policy (RFC 5280 §4.2.1.4). */
export const anyPolicy = '2.5.29.32.0'

/** The policy extensions of one certificate. Policies are dotted object identifiers; Infinity is "not said". */
export interface PolicyExtensions {
  /** The policies that the certificate is issued under (§4.2.1.4); null without the extension. */
  readonly policies: ReadonlySet<string> | null
  /** For a policy of the issuer's domain, its equals in the subject's domain (§4.2.1.5). */
  readonly mappings: ReadonlyMap<string, ReadonlySet<string>>
  /**
   * The number of further certificates after which a policy is required and mapping ends (§4.2.1.11), and anyPolicy
   * stands for none (§4.2.1.14).
   */
  readonly requireExplicit: number
  readonly inhibitMapping: number
  readonly inhibitAny: number
}

/** Throws `Malformed`, also for what RFC 5280 forbids: a policy twice, a mapping of anyPolicy, an empty extension. */
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

/** The entries of a policy extension, which must not be empty. */
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
