import { type Certificate, extensions } from './certificate.ts'
import {
  bitsIn,
  childrenOf,
  context,
  contextTag,
  type Der,
  der,
  elements,
  Malformed,
  onlyElement,
  tags,
} from './der.ts'
import { isSameName } from './distinguished-name.ts'
import { asciiIn, generalNameTags } from './general-names.ts'

/** A general name (RFC 5280 §4.2.1.6): its tag is its kind. */
type GeneralName = Pick<Der, 'tag' | 'body'>

/** A distribution point: where a list that covers a certificate is (RFC 5280 §4.2.1.13). */
export interface DistributionPoint {
  readonly names: readonly GeneralName[]
  readonly reasons: ReadonlySet<number>
  /** The DER names of the list's signers, where the certificate's issuer does not sign (cRLIssuer). */
  readonly crlIssuers: readonly Buffer[]
}

/** The certificates that a list covers (issuingDistributionPoint, RFC 5280 §5.2.5). */
export interface Scope {
  /** The extension's DER, to compare with a delta list's. Null for a list that covers everything. */
  readonly raw: Buffer | null
  /** The names of the list's distribution point; null where the point has no name. */
  readonly names: readonly GeneralName[] | null
  readonly users: boolean
  readonly authorities: boolean
  readonly reasons: ReadonlySet<number>
  /** Whether the list may hold certificates of other issuers. */
  readonly indirect: boolean
}

/** The bits of ReasonFlags; the first one is unused (RFC 5280 §4.2.1.13). */
export const allReasons: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 8])

/** The distribution points in an extension, of a certificate or a list of this issuer. */
export const pointsIn = (bytes: Buffer | undefined, issuer: Buffer): readonly DistributionPoint[] =>
  (bytes ? childrenOf(onlyElement(bytes, tags.sequence)) : []).map((point) => {
    const fields = childrenOf(point)
    const [name, reasons, by] = [contextTag(0), context(1), contextTag(2)].map((tag) =>
      fields.find((field) => field.tag === tag),
    )
    const crlIssuers = [...elements(by?.body ?? Buffer.alloc(0))]
      .filter(({ tag }) => tag === generalNameTags.directory)
      .map(({ body }) => onlyElement(body, tags.sequence).raw)
    return {
      names: name ? namesIn(name.body, crlIssuers[0] ?? issuer) : [],
      reasons: reasons ? bitsIn({ ...reasons, tag: tags.bitString }) : allReasons,
      crlIssuers,
    }
  })

/** The distribution points of a certificate. */
export const pointsOf = ({ extensions: all, issuer }: Certificate): readonly DistributionPoint[] =>
  pointsIn(all.get(extensions.crlDistributionPoints), issuer)

/** The distribution points of a certificate's delta lists (freshestCRL, RFC 5280 §4.2.1.15). */
export const freshestPointsOf = ({ extensions: all, issuer }: Certificate): readonly DistributionPoint[] =>
  pointsIn(all.get(freshest), issuer)
const freshest = '2.5.29.46'

/** The addresses of the lists that the issuer itself signs. */
export const addressesOf = (points: readonly DistributionPoint[]): readonly string[] =>
  points
    .filter(({ crlIssuers }) => crlIssuers.length === 0)
    .flatMap(({ names }) => names.filter(({ tag }) => tag === generalNameTags.uri).map(({ body }) => asciiIn(body)))

const scopeTags: ReadonlySet<number> = new Set([contextTag(0), ...[1, 2, 3, 4, 5].map(context)])

/** Throws `Malformed` for a scope that is not understood, or that covers nothing. */
export function scopeIn(bytes: Buffer | undefined, issuer: Buffer): Scope {
  const fields = new Map(
    (bytes ? childrenOf(onlyElement(bytes, tags.sequence)) : []).map((field) => [field.tag, field]),
  )
  if ([...fields.keys()].some((tag) => !scopeTags.has(tag))) throw new Malformed('a list with an unknown scope')
  const name = fields.get(contextTag(0))
  const reasons = fields.get(context(3))
  const [isOfUsers, isOfAuthorities, indirect, isOfAttributes] = [1, 2, 4, 5].map((number) => {
    const { body } = fields.get(context(number)) ?? {}
    return body !== undefined && body[0] !== 0
  }) as [boolean, boolean, boolean, boolean]
  if ([isOfUsers, isOfAuthorities, isOfAttributes].filter(Boolean).length > 1)
    throw new Malformed('a list of users alone and of authorities alone')
  return {
    raw: bytes ?? null,
    names: name ? namesIn(name.body, issuer) : null,
    users: !isOfAuthorities && !isOfAttributes,
    authorities: !isOfUsers && !isOfAttributes,
    reasons: reasons ? bitsIn({ ...reasons, tag: tags.bitString }) : allReasons,
    indirect,
  }
}

/** The names of a point: full names, or the issuer's name with one more part (nameRelativeToCRLIssuer). */
function namesIn(pointName: Buffer, issuer: Buffer): readonly GeneralName[] {
  const [name] = elements(pointName)
  if (name?.tag === contextTag(0)) return [...elements(name.body)]
  if (name?.tag !== contextTag(1)) throw new Malformed('a distribution point with an unknown name')
  const whole = der(tags.sequence, onlyElement(issuer, tags.sequence).body, der(tags.set, name.body))
  return [{ tag: generalNameTags.directory, body: whole }]
}

/** Whether two lists of names have a name in common (RFC 5280 §6.3.3(b)(2)(i)). */
export const haveSameName = (some: readonly GeneralName[], others: readonly GeneralName[]): boolean =>
  some.some((one) => others.some((other) => isSameGeneralName(one, other)))

const isSameGeneralName = (one: GeneralName, other: GeneralName): boolean =>
  one.tag === other.tag &&
  (one.tag === generalNameTags.directory ? isSameName(one.body, other.body) : one.body.equals(other.body))
