import type { Finding, Linted } from './finding.ts'
import { alone } from './findings/alone.ts'
import { asking } from './findings/asking.ts'
import { finishing } from './findings/finishing.ts'
import { reaching } from './findings/reaching.ts'
import { speaking } from './findings/speaking.ts'

const order = ['error', 'warning', 'note'] as const satisfies readonly Finding['level'][]

/** Everything that is wrong with policies, the worst first; people are looked at where they are given. */
export function lint(
  policies: Linted['policies'],
  parties: Linted['parties'],
  people: Linted['people'] = [],
): readonly Finding[] {
  const linted = { policies, parties, people }
  const found = [speaking, finishing, reaching, alone, asking].flatMap((look) => look(linted))
  return found.toSorted((one, other) => order.indexOf(one.level) - order.indexOf(other.level))
}
