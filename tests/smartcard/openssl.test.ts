import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rounds } from '../exhaustive.ts'
import { folderForAll } from '../pki.ts'
import { clientAuth, type Made, pemOf } from '../x509.ts'
import { judgedBy } from './judged.ts'
import { anchor, anyChain, type ChainSpec, chainOf, policyId } from './random-chain.ts'

// Chains at random, put to `openssl verify` and to our judge: one verdict, or a difference that docs/smartcards.md explains.

const folder = folderForAll()
const run = promisify(execFile)
const document = readFileSync(new URL('../../docs/smartcards.md', import.meta.url), 'utf8')
const root = join(folder, 'root.pem')
writeFileSync(root, pemOf(anchor.der))

type Verdicts = 'refused here alone' | 'accepted here alone'
interface Difference {
  /** As the document's table calls it. */
  readonly name: string
  readonly verdicts: Verdicts
  readonly applies: (spec: ChainSpec) => boolean
}
const constraintsOf = ({ issuers }: ChainSpec) =>
  issuers.flatMap(({ permitted, excluded }) => [...permitted, ...excluded])
const differences: readonly Difference[] = [
  {
    name: 'An issuer for anyExtendedKeyUsage',
    verdicts: 'accepted here alone',
    applies: ({ issuers }) => issuers.some(({ purposes }) => purposes?.includes('any')),
  },
  {
    name: 'A mail address in the subject beside alternative names',
    verdicts: 'accepted here alone',
    applies: (spec) =>
      spec.card.mail !== null && spec.card.names.length > 0 && constraintsOf(spec).some(([form]) => form === 'mail'),
  },
  {
    name: 'A host constraint with a leading dot',
    verdicts: 'refused here alone',
    applies: (spec) =>
      spec.card.names.some(([form]) => form === 'host') && constraintsOf(spec).some(([, text]) => text.startsWith('.')),
  },
  {
    name: 'A wildcard below a host constraint',
    verdicts: 'refused here alone',
    applies: (spec) =>
      spec.card.names.some(([, text]) => text.startsWith('*')) && constraintsOf(spec).some(([form]) => form === 'host'),
  },
  {
    name: 'An excluded mailbox in another case',
    verdicts: 'refused here alone',
    applies: ({ issuers, card: { names } }) =>
      names.some(([, text]) => text === 'ADA@Corp.test') &&
      issuers.some(({ excluded }) => excluded.some(([, text]) => text === 'ada@corp.test')),
  },
  {
    name: 'A mapping beside an inhibited anyPolicy',
    verdicts: 'refused here alone',
    applies: ({ issuers, inhibitAny }) =>
      issuers.some(({ policies, mappings }) => mappings.length > 0 && policies?.includes(0)) &&
      (inhibitAny || issuers.some((one) => one.inhibitAny !== null)),
  },
]

const flagsOf = ({ acceptable, requireExplicit, inhibitMapping, inhibitAny }: ChainSpec) => [
  // Where it is given none, OpenSSL has no policy acceptable; RFC 5280 §6.1.1(c) has all.
  ...(acceptable.length > 0 ? acceptable : [0]).flatMap((one) => ['-policy', policyId(one)]),
  ...(requireExplicit ? ['-explicit_policy'] : []),
  ...(inhibitMapping ? ['-inhibit_map'] : []),
  ...(inhibitAny ? ['-inhibit_any'] : []),
]

interface Compared {
  readonly spec: ChainSpec
  readonly chain: readonly Made[]
  readonly number: number
}

/** The numbers of those that OpenSSL accepts, of chains with the same flags. */
async function acceptedByOpenSsl(some: readonly Compared[]): Promise<ReadonlySet<number>> {
  const issuers = join(folder, 'issuers.pem')
  writeFileSync(issuers, some.flatMap(({ chain }) => chain.slice(1, -1).map(({ der }) => pemOf(der))).join(''))
  const files = some.map(({ chain: [card], number }) => {
    writeFileSync(join(folder, `${number}.pem`), pemOf(card?.der ?? Buffer.alloc(0)))
    return join(folder, `${number}.pem`)
  })
  const flags = ['-purpose', 'sslclient', '-policy_check', ...(some[0] ? flagsOf(some[0].spec) : [])]
  const args = ['verify', '-CAfile', root, '-untrusted', issuers, ...flags, ...files]
  // It ends with an error where one of them is refused.
  const { stdout } = await run('openssl', args).catch((error: { stdout: string }) => error)
  return new Set([...stdout.matchAll(/(\d+)\.pem: OK$/gm)].map(([, number]) => Number(number)))
}

function weSay({ acceptable, requireExplicit, inhibitMapping, inhibitAny }: ChainSpec, chain: readonly Made[]) {
  const policies = acceptable.length > 0 ? new Set(acceptable.map(policyId)) : null
  return judgedBy(
    chain,
    { purposes: { accepted: [clientAuth], areOptional: true } },
    {
      acceptable: policies,
      requireExplicit,
      inhibitMapping,
      inhibitAny,
    },
  )
}

const many = rounds(150, 3000)
const atOnce = 40
test(`${many} chains come to what OpenSSL says of them, or to a difference of the document`, {
  timeout: 600_000,
}, async () => {
  const [counts, unexplained] = [{ good: 0, refused: 0, different: 0 }, [] as object[]]
  const groups = new Map<string, Compared[]>()
  for (const [number, spec] of fc.sample(anyChain, many).entries()) {
    const flags = flagsOf(spec).join(' ')
    groups.set(flags, [...(groups.get(flags) ?? []), { spec, number, chain: chainOf(spec, number) }])
  }
  const compare = async (some: readonly Compared[]) => {
    const accepted = await acceptedByOpenSsl(some)
    for (const { spec, chain, number } of some) {
      const [ours, theirs] = [await weSay(spec, chain), accepted.has(number)]
      counts[ours === 'good' ? 'good' : 'refused']++
      if ((ours === 'good') === theirs) continue
      counts.different++
      const verdicts: Verdicts = theirs ? 'refused here alone' : 'accepted here alone'
      const isKnown = differences.some((one) => one.verdicts === verdicts && one.applies(spec))
      if (!isKnown) unexplained.push({ ours, spec })
    }
  }
  for (const group of groups.values())
    for (let at = 0; at < group.length; at += atOnce) await compare(group.slice(at, at + atOnce))
  expect(unexplained.slice(0, 3)).toEqual([])
  // Chains that are all refused, or all accepted, would compare nothing.
  expect(counts.good).toBeGreaterThan(many / 20)
  expect(counts.refused).toBeGreaterThan(many / 20)
  expect(counts.different).toBeLessThan(many / 5)
})

test.each(differences)('the document has the difference: $name ($verdicts)', ({ name, verdicts }) => {
  expect(document).toContain(`| ${name} | ${verdicts} |`)
})
