import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Anchor, cardValidator } from '#server/factors/smartcard/validate-card.ts'
import { readCertificate } from '#server/factors/smartcard/x509/certificate.ts'

/** NIST's Public Key Interoperability Test Suite (2011), as Debian has it. */
const suite = '/usr/lib/python3/dist-packages/cryptography_vectors/x509/PKITS_data'
/** A day within the validity of all that is to be valid. */
const then = Date.UTC(2026, 0, 1)

export interface Case {
  /** NIST's number, and the subtest where there are several. */
  readonly number: string
  readonly isValid: boolean
  /** Names of files: certificates below the anchor, the last one being the end entity's. */
  readonly path: readonly string[]
  readonly lists: readonly string[]
  /** What is not NIST's default: initial policies, and flags that are set. */
  readonly inputs: readonly string[]
  readonly name: string
}

/** What NIST's description says of each case, one a line. */
export const cases: readonly Case[] = readFileSync(new URL('pkits.tsv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [number = '', verdict, path = '', lists = '', inputs = '', name = ''] = line.split('\t')
    const words = (text: string) => text.split(' ').filter(Boolean)
    return { number, isValid: verdict === 'valid', path: words(path), lists: words(lists), inputs: words(inputs), name }
  })

export const listFile = (name: string): string => join(suite, 'crls', `${name}.crl`)
export const certificateFile = (name: string): Buffer => readFileSync(join(suite, 'certs', `${name}.crt`))

/** What the judge says: 'good', or why not. NIST's end entities have no extended key usage. */
export async function verdictOn({ path, lists, inputs }: Case): Promise<string> {
  const root = readCertificate(certificateFile('TrustAnchorRootCertificate'))
  const acceptable = inputs.filter((one) => one.startsWith('NIST-test-policy-'))
  const has = (input: string) => inputs.includes(input)
  const anchor: Anchor = {
    name: 'nist',
    certificates: root ? [root] : [],
    intermediates: [],
    purposes: { accepted: [], areOptional: true },
    sources: {
      lists: ['TrustAnchorRootCRL', ...lists].map(listFile),
      responder: null,
      hosts: [],
      needsNonce: true,
    },
    unreachable: 'refuse',
  }
  const judge = cardValidator([anchor], {
    acceptable:
      acceptable.length > 0
        ? new Set(acceptable.map((one) => `2.16.840.1.101.3.2.1.48.${one.split('-').at(-1)}`))
        : null,
    requireExplicit: has('requireExplicit'),
    inhibitMapping: has('inhibitMapping'),
    inhibitAny: has('inhibitAny'),
  })
  const judgement = await judge(path.toReversed().map(certificateFile), then)
  return judgement.ok ? 'good' : `${judgement.why}: ${judgement.detail}`
}
