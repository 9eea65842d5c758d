import { readFileSync } from 'node:fs'
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import { closestWord } from './closest-word.ts'

/** One fault of a file with its place. Lines and columns count from 1. */
export interface Fault {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}
export type YamlPath = readonly PropertyKey[]
type FaultAt = (path: YamlPath, message: string) => Fault
export type Parsed<T> =
  | { readonly ok: true; readonly value: T; readonly faultAt: FaultAt }
  | { readonly ok: false; readonly faults: readonly Fault[] }

const sentenceOf = (fault: Fault) => `${fault.file}:${fault.line}:${fault.column}: ${fault.message}`

/** Thrown for a file that cannot be used, with every fault that was found. */
export class BadFile extends Error {
  constructor(faults: readonly Fault[]) {
    super(faults.map(sentenceOf).join('\n'))
  }
}

/** The text of a file; throws {@link BadFile} when it cannot be read. */
export const readText = (file: string): string => readFile(file).toString()

export function readFile(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    const message = `This file cannot be read (${(error as NodeJS.ErrnoException).code}).`
    throw new BadFile([{ file, line: 1, column: 1, message }])
  }
}

/** Parses YAML (or JSON, which is YAML) and checks it against a schema; returns every fault with its place. */
export function parseFile<T>(file: string, text: string, schema: z.ZodType<T>): Parsed<T> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const fault = (offset: number, message: string): Fault => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col, message }
  }
  // Only the first syntax error is reported: later ones mostly follow from it.
  const [broken] = [...document.errors, ...document.warnings]
  if (broken) return { ok: false, faults: [fault(broken.pos[0], broken.message)] }

  const knots = knotsIn(document)
  if (knots.length > 0) return { ok: false, faults: knots.map(({ at, message }) => fault(at, message)) }

  const faultAt = (path: YamlPath, message: string) => fault(offsetOf(document.contents, path), message)
  const result = schema.safeParse(document.toJS({ maxAliasCount: -1 }))
  if (result.success) return { ok: true, value: result.data, faultAt }
  return { ok: false, faults: faultsIn(result.error.issues.map(nearest), schema, faultAt) }
}

function faultsIn(issues: readonly z.core.$ZodIssue[], schema: z.ZodType, faultAt: FaultAt): readonly Fault[] {
  /** Keys that were probably meant by misspelt keys, and so are not reported as missing. */
  const meant = new Set<string>()
  const unknown = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => {
          const known = keysAt(schema, issue.path)
          meant.add(JSON.stringify([...issue.path, closestWord(key, known, '%')]))
          const near = closestWord(key, known, ' Did you mean "%"?')
          return faultAt([...issue.path, key], `There is no setting "${key}" here.${near}`)
        })
      : [],
  )
  const remaining = issues.filter(
    (issue) => issue.code !== 'unrecognized_keys' && !(isMissing(issue) && meant.has(JSON.stringify(issue.path))),
  )
  return [
    ...unknown,
    ...remaining.map((issue) =>
      faultAt(issue.path, isMissing(issue) ? `"${String(issue.path.at(-1))}" is missing here.` : issue.message),
    ),
  ]
}

/**
 * Finds aliases that cannot be followed: to nothing, in a circle, or so many that the document would grow without
 * bounds. Also finds keys that are no scalars: these would be written out as text, doubling with each level.
 */
function knotsIn(document: Document): readonly { readonly at: number; readonly message: string }[] {
  const knots: { at: number; message: string }[] = []
  let follows = 0
  const follow = (root: unknown, inside: readonly unknown[]): void =>
    visit(root as Node, {
      Pair(_, { key }) {
        if (isScalar(key)) return
        knots.push({ at: (isNode(key) && key.range?.[0]) || 0, message: 'A key is a word, not a list or a mapping.' })
        return visit.BREAK
      },
      Alias(_key, alias, path) {
        const target = alias.resolve(document)
        const at = alias.range?.[0] ?? 0
        const around = [...inside, ...path]
        if (!target) knots.push({ at, message: `There is no anchor "&${alias.source}" before this.` })
        else if (around.includes(target)) knots.push({ at, message: `"*${alias.source}" stands within itself.` })
        else if (++follows > mostFollowed) knots.push({ at, message: 'This file stands for far more than it says.' })
        else follow(target, [...around, target])
        return knots.length > 0 ? visit.BREAK : undefined
      },
    })
  follow(document, [])
  return knots
}
const mostFollowed = 1000

/** The issue of the branch of a union that got furthest; the union's own issue when no branch got anywhere. */
export function nearest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue
  const inside = issue.errors.flat().map(nearest)
  // An unknown key counts as deeper than its place: it explains the missing keys next to it.
  const depth = ({ path, code }: z.core.$ZodIssue) => path.length + (code === 'unrecognized_keys' ? 1.5 : 0)
  const furthest = inside.reduce<z.core.$ZodIssue | null>((a, b) => (a && depth(a) >= depth(b) ? a : b), null)
  return furthest && depth(furthest) > 0 ? { ...furthest, path: [...issue.path, ...furthest.path] } : issue
}

const isMissing = (issue: z.core.$ZodIssue) =>
  issue.code === 'invalid_type' && issue.message.endsWith('received undefined')

/** The offset of a path's key, else of its node; of the nearest parent when the path does not exist. */
function offsetOf(root: Node | null, path: YamlPath): number {
  let node: Node | null = root
  let offset = root?.range?.[0] ?? 0
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isNode(item.key) && item.key.toString() === String(part))
      if (!pair) break
      offset = isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset
      node = isNode(pair.value) ? pair.value : null
    } else {
      const child: unknown = node && 'items' in node ? (node.items as unknown[])[Number(part)] : null
      node = isNode(child) ? child : null
      offset = node?.range?.[0] ?? offset
    }
  }
  return offset
}

/** The keys that a schema allows at a path, through objects, records (of known keys too), arrays and wrappers. */
function keysAt(schema: z.ZodType, path: YamlPath): readonly string[] {
  let here: unknown = schema
  for (const part of [...path, null]) {
    const inner = unwrapped(here)
    if (part === null) return inner.shape ? Object.keys(inner.shape) : (inner.keyType?.options ?? [])
    here = inner.shape?.[String(part)] ?? inner.valueType ?? inner.element
    if (!here) return []
  }
  return []
}

interface Inside {
  readonly shape?: Record<string, unknown>
  readonly keyType?: { readonly options?: readonly string[] }
  readonly valueType?: unknown
  readonly element?: unknown
}
function unwrapped(schema: unknown): Inside {
  let here = schema as { def: { innerType?: unknown; in?: unknown; options?: readonly unknown[] } } & Inside
  while (here?.def && (here.def.innerType ?? here.def.in)) here = (here.def.innerType ?? here.def.in) as typeof here
  const options = here?.def?.options?.map(unwrapped).find((option) => option.shape)
  return options ?? here ?? {}
}

export type Report = (path: YamlPath, message: string) => void
