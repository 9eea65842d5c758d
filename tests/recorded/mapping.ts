import { readFileSync } from 'node:fs'
import type { Exchange } from './tape.ts'

// What answers are called since they were recorded. The record stays as it is: what was renamed on purpose is said here,
// and whatever else differs is a change of behaviour.

export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
}

/** What a page says around its view. */
export interface Shell {
  readonly title: string
  readonly lang: string
}

/**
 * A field by the last names of its path, and the same path with its name since: `'challenge.door': 'challenge.answerUrl'`.
 * Elements of a list have no name. The longest path that fits a field counts.
 */
const fields: Readonly<Record<string, string>> = {
  door: 'answerUrl',
  beside: 'usernameless',
  closesAt: 'closesInMs',
  'next.known': 'next.hasProof',
  // In the schema that describes it.
  'next.oneOf.properties.known': 'next.oneOf.properties.hasProof',
  'next.oneOf.required.known': 'next.oneOf.required.hasProof',
}

/** The titles of problems, by their codes: docs/problems.md has them, and tests/problems.test.ts holds the two together. */
const titles = new Map(
  [
    ...readFileSync(new URL('../../docs/problems.md', import.meta.url), 'utf8').matchAll(
      /^\| `([\w-]+)` \| (\d+) \| (.*?) \|/gm,
    ),
  ].map(([, code = '', , title = '']) => [code, title]),
)

/** A problem (RFC 9457) as it is said since: `type` and `title`, and nothing where there is nothing to say. */
export const problemSince = (recorded: Problem): Problem => ({
  ...(Object.fromEntries(Object.entries(recorded).filter(([, value]) => value !== null)) as unknown as Problem),
  type: `<issuer>/problems/${recorded.code}`,
  title: titles.get(recorded.code) ?? '',
})

export const shellSince = (recorded: Shell): Shell => recorded

const paths = Object.entries(fields).toSorted(([a], [b]) => b.length - a.length)

function nameSince(path: readonly string[]): string {
  const whole = `.${path.join('.')}`
  const [, since] = paths.find(([before]) => whole.endsWith(`.${before}`)) ?? []
  return (since ?? path.at(-1) ?? '').split('.').at(-1) ?? ''
}

/** Everything that is recorded, in the names of now. */
export function since(recorded: unknown, path: readonly string[] = []): unknown {
  if (Array.isArray(recorded)) return recorded.map((one) => since(one, path))
  if (typeof recorded === 'string' && path.at(-1) === 'required') return nameSince([...path, recorded])
  if (recorded === null || typeof recorded !== 'object') return recorded
  const renamed = Object.entries(recorded).map(([name, value]) => {
    const inner = [...path, name]
    return [nameSince(inner), since(value, inner)]
  })
  const all = Object.fromEntries(renamed)
  if (all.type === 'about:blank' && typeof all.code === 'string') return problemSince(all)
  return 'title' in all && 'lang' in all ? { ...all, ...shellSince(all) } : all
}

/** A field of an answer by its recorded path: the one way in which the walk reads what it is answered. */
export function read(answer: unknown, path: string): unknown {
  const names = path.split('.')
  return names.reduce((value, _, at) => {
    const name = nameSince(names.slice(0, at + 1))
    return value === null || typeof value !== 'object' ? undefined : (value as Record<string, unknown>)[name]
  }, answer)
}

export const readText = (answer: unknown, path: string): string => String(read(answer, path) ?? '')
export const readList = (answer: unknown, path: string): readonly unknown[] => {
  const list = path === '' ? answer : read(answer, path)
  return Array.isArray(list) ? list : []
}

const program = 'application/problem+json'

/** What a program is told since: problems where it was told a bare code, or shown a page. */
function toldSince({ request, headers, body, ...rest }: Exchange): Exchange {
  const { code, view, detail, ...more } = (body ?? {}) as Record<'code' | 'detail', string | undefined> & {
    readonly view?: Partial<Record<'at' | 'code', string>>
  }
  const isBare = rest.status >= 400 && code !== undefined && Object.keys(more).length === 0
  const isShown = view?.at === 'error' && /^(\w+ <issuer>\/(api|bench\/api)\/|POST <issuer>\/$)/.test(request)
  const said = isBare ? code : isShown ? view.code : undefined
  if (said === undefined) return { request, headers, body, ...rest }
  const problem = {
    ...problemSince({ type: 'about:blank', title: '', status: rest.status, code: said }),
    ...(detail ? { detail } : {}),
  }
  return { request, headers: { ...headers, 'content-type': program }, body: problem, ...rest }
}

/** The administrators' API without what its description says of problems, which are one schema since. */
const isDescription = (body: unknown): body is Description =>
  body !== null && typeof body === 'object' && 'openapi' in body && 'paths' in body
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: object }>>>>
  readonly components?: { readonly schemas?: object }
}
function withoutProblems(body: Description): unknown {
  const { components, paths, ...rest } = body
  const described = Object.entries(paths).map(([path, operations]) => [
    path,
    Object.entries(operations).map(([method, { responses, ...operation }]) => [
      method,
      operation,
      Object.entries(responses).filter(([status]) => Number(status) < 400),
    ]),
  ])
  const { schemas = {}, ...others } = components ?? {}
  return { ...rest, others, schemas: Object.entries(schemas).filter(([name]) => name !== 'Problem'), described }
}

const described = (exchange: Exchange): Exchange =>
  isDescription(exchange.body) ? { ...exchange, body: withoutProblems(exchange.body) } : exchange

const asProgram = ({ headers, body, ...rest }: Exchange): Exchange => ({
  ...rest,
  headers: isProblem(body) ? { ...headers, 'content-type': program } : headers,
  body,
})
const isProblem = (body: unknown) =>
  body !== null && typeof body === 'object' && 'type' in body && String(body.type).startsWith('<issuer>/problems/')

/** What was recorded, as it is answered since. */
export const exchangesSince = (recorded: readonly Exchange[]): readonly Exchange[] =>
  recorded.map((one) => described(asProgram(since(toldSince(one)) as Exchange)))
/** What is answered, as far as it is compared. */
export const compared = (answered: readonly Exchange[]): readonly Exchange[] => answered.map(described)
