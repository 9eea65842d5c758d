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
  closesAt: 'closesInMs',
}

/** A problem (RFC 9457) as it is said since: `type` and `title`. */
export const problemSince = (recorded: Problem): Problem => recorded

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
  if (recorded === null || typeof recorded !== 'object') return recorded
  const renamed = Object.entries(recorded).map(([name, value]) => {
    const inner = [...path, name]
    return [nameSince(inner), since(value, inner)]
  })
  const all = Object.fromEntries(renamed)
  if (all.type === 'about:blank' && typeof all.code === 'string') return { ...all, ...problemSince(all) }
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
