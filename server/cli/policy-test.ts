import { BadFile, parseFile, readText } from '../operator/yaml-file.ts'
import { type Played, type PolicyCase, playCase, policyCases } from '../policy-tools/cases.ts'
import { peopleFor } from '../policy-tools/people.ts'
import { draftAt, type PolicyOptions, print, printJson } from './policy.ts'

/** `sallyport policy test FILE`: plays cases, for an operator's own CI; fails where a case does. */
export function policyTest(file: string, options: PolicyOptions): void {
  const checked = draftAt(options.config)
  const people = peopleFor(checked, options.people)
  const parsed = parseFile(file, readText(file), policyCases)
  if (!parsed.ok) throw new BadFile(parsed.faults)
  const now = new Date()
  const results = parsed.value.map((one, at) => {
    const { line } = parsed.faultAt([at], '')
    return { name: nameOf(one), file, line, ...playCase(checked, people, one, now) }
  })
  const failed = results.filter((one) => 'fault' in one || one.misses.length > 0)
  if (failed.length > 0) process.exitCode = 1
  if (options.json) return void printJson(results)
  for (const one of failed) {
    print(`${file}:${one.line}: failed: ${one.name}`)
    for (const line of whyOf(one)) print(`    ${line}`)
  }
  print(`${results.length - failed.length} of ${results.length} cases passed.`)
}

const whyOf = (one: Played) =>
  'fault' in one ? [one.fault] : one.misses.map(({ of, expected, got }) => `${of}: expected ${expected}, got ${got}`)

const nameOf = ({ name, who, client, asks }: PolicyCase) =>
  name ?? [typeof who === 'string' ? who : 'somebody', 'at', client, asks.acr_values ?? ''].join(' ').trimEnd()
