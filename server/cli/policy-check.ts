import type { PlacedFinding } from '../config/checked-config.ts'
import { peopleFor } from '../policy-tools/people.ts'
import { draftAt, lineOf, type PolicyOptions, print } from './policy.ts'

/** `sallyport policy check`: everything that the linter finds; fails where there is an error. */
export function policyCheck(options: PolicyOptions): void {
  const checked = draftAt(options.config)
  const found = checked.lint(peopleFor(checked, options.people))
  if (options.json) print(JSON.stringify(found, null, 2))
  else for (const line of [...found.map(lineOf), summaryOf(found)]) print(line)
  if (found.some(({ level }) => level === 'error')) process.exitCode = 1
}

function summaryOf(found: readonly PlacedFinding[]): string {
  const count = (level: PlacedFinding['level']) => {
    const many = found.filter((one) => one.level === level).length
    return `${many} ${level}${many === 1 ? '' : 's'}`
  }
  return `${count('error')}, ${count('warning')}, ${count('note')}.`
}
