import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rounds } from '../exhaustive.ts'
import { type Case, cases, verdictOn } from './pkits.ts'

// NIST's suite: nothing is wrongly accepted, and nothing wrongly refused but what docs/smartcards.md has a reason for.

const document = readFileSync(new URL('../../docs/smartcards.md', import.meta.url), 'utf8')
/** Rows of "| 4.1.4, 4.1.5 | Valid DSA … | `a weak signature` | why |". */
const byChoice = new Map(
  [...document.matchAll(/^\| (4\.[\d., ]+) \| [^|]+ \| `([^`]+)` \| [^|]+ \|$/gm)].flatMap(([, numbers = '', detail]) =>
    numbers.split(', ').map((number) => [number, detail ?? ''] as const),
  ),
)

/** What is wrong in the invalid cases of each section of the suite: refused for something else is refused by chance. */
const faults: Readonly<Record<string, RegExp>> = {
  '4.1': /no path to an anchor/,
  '4.2': /not valid now/,
  '4.3': /no path to an anchor/,
  '4.4': /^(revoked-card|revocation-unknown)/,
  '4.5': /^revoked-card|an issuer that is no authority/,
  '4.6': /an issuer that is no authority|a path that is too long/,
  '4.7': /an issuer that may not issue|^revocation-unknown/,
  '4.8': /no policy that is acceptable/,
  '4.9': /no policy that is acceptable/,
  '4.10': /no policy that is acceptable|a mapping of every policy/,
  '4.11': /no policy that is acceptable/,
  '4.12': /no policy that is acceptable/,
  '4.13': /a name that its issuer may not give/,
  // 4.14.11 is of an authority's certificate, which is no card.
  '4.14': /^(revoked-card|revocation-unknown)|not a certificate for signing in/,
  '4.15': /^(revoked-card|revocation-unknown)/,
  '4.16': /not a certificate for signing in/,
}
const sectionOf = ({ number }: Case) => number.split('.').slice(0, 2).join('.')
const isFirst = (one: Case, at: number) =>
  cases.findIndex((other) => sectionOf(other) === sectionOf(one) && other.isValid === one.isValid) === at

test('the suite is there, whole', () => {
  expect(cases).toHaveLength(249)
  expect(Object.keys(faults)).toEqual([...new Set(cases.map(sectionOf))])
  expect(new Set(cases.filter((one) => sectionOf(one) === '4.13').map(({ number }) => number)).size).toBe(38)
})

test.each(rounds(0, 1) > 0 ? cases : cases.filter(isFirst))('$number $name', async (one) => {
  const verdict = await verdictOn(one)
  const chosen = byChoice.get(one.number)
  if (!one.isValid) expect(verdict).toMatch(faults[sectionOf(one)] ?? never)
  else if (chosen) expect(verdict).toContain(chosen)
  else expect(verdict).toBe('good')
})
const never = /(?!)/

test('each case of the list in the document is one that the suite has as valid', () => {
  const valid = new Set(cases.filter(({ isValid }) => isValid).map(({ number }) => number))
  expect([...byChoice.keys()].filter((number) => !valid.has(number))).toEqual([])
  expect(byChoice.size).toBe(14)
})
