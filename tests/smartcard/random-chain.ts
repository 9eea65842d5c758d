import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { context, der, tags } from '#server/factors/smartcard/x509/der.ts'
import {
  alternatives,
  authority,
  bits,
  card,
  clientAuth,
  constraints,
  extension,
  general,
  integer,
  type Made,
  made,
  nameOf,
  octets,
  oid,
  pair,
  purposes,
  sequence,
} from '../x509.ts'

// Chains at random, of few words each, so that names, constraints, policies and purposes meet.

const anyPolicy = '2.5.29.32.0'
const purposeIds = { client: clientAuth, server: '1.3.6.1.5.5.7.3.1', any: '2.5.29.37.0' } as const
type Purpose = keyof typeof purposeIds

/** A general name or the base of a constraint: its form, and its text. */
export type Word = readonly [form: keyof typeof forms, text: string]
const organisation = (text: string) => general.directory(nameOf(pair('O', text)))
const forms = {
  mail: general.mail,
  host: general.host,
  uri: general.uri,
  organisation,
  address: (text: string) => general.address(...text.split('.').map(Number)),
} as const
const names: readonly Word[] = [
  ['mail', 'ada@corp.test'],
  ['mail', 'ADA@Corp.test'],
  ['mail', 'ada@a.corp.test'],
  ['mail', 'eve@evil.test'],
  ['host', 'corp.test'],
  ['host', 'A.b.corp.test'],
  ['host', 'evilcorp.test'],
  ['host', '*.corp.test'],
  ['uri', 'https://corp.test/x'],
  ['uri', 'ldap://ada@a.corp.test:389'],
  ['uri', 'https://evil.test'],
  ['address', '10.1.2.3'],
  ['address', '192.0.2.1'],
  ['organisation', 'HARBOUR'],
  ['organisation', 'Evil'],
]
const bases: readonly Word[] = [
  ['mail', 'corp.test'],
  ['mail', '.corp.test'],
  ['mail', 'ada@corp.test'],
  ['host', 'corp.test'],
  ['host', 'b.CORP.test'],
  ['host', '.corp.test'],
  ['uri', 'corp.test'],
  ['uri', '.corp.test'],
  ['address', '10.0.0.0.255.0.0.0'],
  ['address', '0.0.0.0.0.0.0.0'],
  ['organisation', 'Harbour'],
  ['organisation', 'harbour '],
  ['organisation', 'Payroll Office'],
]

export interface IssuerSpec {
  readonly organisation: string
  readonly isSelfIssued: boolean
  readonly depth: number | null
  readonly purposes: readonly Purpose[] | null
  readonly permitted: readonly Word[]
  readonly excluded: readonly Word[]
  readonly policies: readonly number[] | null
  readonly mappings: readonly (readonly [number, number])[]
  readonly requireExplicit: number | null
  readonly inhibitMapping: number | null
  readonly inhibitAny: number | null
}
export interface ChainSpec {
  /** From the anchor's side on. */
  readonly issuers: readonly IssuerSpec[]
  readonly card: Pick<IssuerSpec, 'organisation' | 'purposes' | 'policies'> & {
    readonly names: readonly Word[]
    /** In the subject. */
    readonly mail: string | null
    /** Whether the issuer's name is written in capitals, as a PrintableString. */
    readonly isShouted: boolean
  }
  readonly acceptable: readonly number[]
  readonly requireExplicit: boolean
  readonly inhibitMapping: boolean
  readonly inhibitAny: boolean
}

const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 2, nil: null })
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 1, nil: null })
const few = <T>(words: readonly T[], most = 2) => fc.subarray([...words], { maxLength: most })
const seldom = <T>(words: readonly T[]) => fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, few(words))
/** 0 stands for every policy. */
const policies = fc.subarray([0, 1, 2, 3], { minLength: 1 })
const organisations = fc.constantFrom('Harbour', 'HARBOUR', ' harbour', 'Payroll  Office', 'Evil')
const purposesSaid = fc.constantFrom<readonly Purpose[]>(['client'], ['client', 'server'], ['server'], ['any'])
const mapping = fc.tuple(fc.constantFrom(1, 2, 3), fc.constantFrom(1, 2, 3))

const issuer: fc.Arbitrary<IssuerSpec> = fc.record({
  organisation: organisations,
  isSelfIssued: fc.integer({ min: 0, max: 5 }).map((at) => at === 0),
  depth: rarely(fc.constantFrom(0, 1, 2)),
  purposes: rarely(purposesSaid),
  permitted: seldom(bases),
  excluded: seldom(bases),
  policies: sometimes(policies),
  mappings: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    fc.uniqueArray(mapping, { maxLength: 3, selector: String }),
  ),
  requireExplicit: rarely(fc.constantFrom(0, 1, 2)),
  inhibitMapping: rarely(fc.constantFrom(0, 1)),
  inhibitAny: rarely(fc.constantFrom(0, 1)),
})
const flag = fc.integer({ min: 0, max: 3 }).map((at) => at === 0)
export const anyChain: fc.Arbitrary<ChainSpec> = fc.record({
  issuers: fc.array(issuer, { minLength: 1, maxLength: 3 }),
  card: fc.record({
    organisation: organisations,
    purposes: sometimes(purposesSaid),
    policies: sometimes(policies),
    names: few(names),
    mail: rarely(fc.constantFrom('ada@corp.test', 'eve@evil.test')),
    isShouted: flag,
  }),
  acceptable: fc.subarray([1, 2, 3], { maxLength: 2 }),
  requireExplicit: flag,
  inhibitMapping: flag,
  inhibitAny: flag,
})

export const policyId = (number: number): string => (number === 0 ? anyPolicy : `1.3.6.1.4.1.99999.${number}`)
const policiesSaid = (all: readonly number[] | null) =>
  all ? [extension('2.5.29.32', sequence(...all.map((one) => sequence(oid(policyId(one))))))] : []
const purposesOf = (all: readonly Purpose[] | null) => (all ? [purposes(...all.map((one) => purposeIds[one]))] : [])
const written = (words: readonly Word[]) => words.map(([form, text]) => forms[form](text))

function extensionsOf(spec: IssuerSpec): readonly Buffer[] {
  const limit = (number: number, value: number | null) =>
    value === null ? [] : [der(context(number), Buffer.from([value]))]
  const limits = [...limit(0, spec.requireExplicit), ...limit(1, spec.inhibitMapping)]
  const pairs = spec.mappings.map(([from, to]) => sequence(oid(policyId(from)), oid(policyId(to))))
  const isConstrained = spec.permitted.length + spec.excluded.length > 0
  return [
    ...authority(spec.depth ?? undefined),
    ...purposesOf(spec.purposes),
    ...policiesSaid(spec.policies),
    ...(isConstrained ? [constraints(written(spec.permitted), written(spec.excluded))] : []),
    ...(pairs.length > 0 ? [extension('2.5.29.33', sequence(...pairs))] : []),
    ...(limits.length > 0 ? [extension('2.5.29.36', sequence(...limits), true)] : []),
    ...(spec.inhibitAny === null ? [] : [extension('2.5.29.54', integer(spec.inhibitAny), true)]),
  ]
}

export const anchor: Made = made(
  {
    subject: nameOf(pair('O', 'Harbour'), pair('CN', 'Root')),
    extensions: [...authority(), extension('2.5.29.14', octets(Buffer.from([0])))],
  },
  null,
)
/** A key of its own at each place: OpenSSL takes an authority's certificate for itself with one key for a self-signed one. */
const pairs = Array.from({ length: 4 }, () => generateKeyPairSync('ec', { namedCurve: 'P-256' }))
const keyIds = (own: number, issuer: number) => [
  extension('2.5.29.14', octets(Buffer.from([own]))),
  extension('2.5.29.35', sequence(der(context(0), Buffer.from([issuer])))),
]
const keyUsage = extension('2.5.29.15', bits(7, 0x80), true)

/** The card's certificate first, the anchor's last; the number makes its names its own. */
export function chainOf({ issuers, card: spec }: ChainSpec, number = 0): readonly Made[] {
  const all = [anchor]
  const texts = ['Harbour', 'Root']
  for (const [at, one] of issuers.entries()) {
    // The anchor's own name is not taken up: two certificates would be found for it.
    if (!one.isSelfIssued || at === 0) texts.splice(0, 2, one.organisation, `CA ${number} ${at}`)
    const [o = '', cn = ''] = texts
    const template = { subject: nameOf(pair('O', o), pair('CN', cn)), pair: pairs[at] }
    const extensions = [...extensionsOf(one), ...keyIds(at + 1, at)]
    all.unshift(made({ ...template, extensions }, all[0] ?? anchor))
  }
  const [o = '', cn = ''] = texts.map((text) => text.toUpperCase())
  const shouted = nameOf(pair('O', o, tags.printable), pair('CN', cn, tags.printable))
  const mail = spec.mail ? [pair('emailAddress', spec.mail, tags.ia5)] : []
  const subject = nameOf(pair('O', spec.organisation), pair('CN', 'Ada Lovelace'), ...mail)
  const extensions = [
    card[0] ?? keyUsage,
    keyUsage,
    ...purposesOf(spec.purposes),
    ...policiesSaid(spec.policies),
    ...keyIds(9, issuers.length),
    ...(spec.names.length > 0 ? [alternatives(...written(spec.names))] : []),
  ]
  return [made({ subject, extensions, ...(spec.isShouted ? { issuer: shouted } : {}) }, all[0] ?? anchor), ...all]
}
