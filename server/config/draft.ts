import { type Finding, levels } from '#shared/policy/analysis/finding.ts'
import { lint } from '#shared/policy/lint/lint.ts'
import type { Person } from '#shared/policy/tools/simulate.ts'
import { BadFile, type Fault, type Parsed, type Path, parseFile, readText } from '../operator/yaml-file.ts'
import { type Rulebook, rulebookOf } from './rulebook.ts'
import { type Configuration, configuration } from './schema.ts'

/** Where in a file something stands. */
export type Place = Omit<Fault, 'message'>
/** A finding, and where in the file it is. */
export type Found = Omit<Finding, 'path'> & Place

/** A configuration as the policy tools read it: also without its secrets, and with factors that are not built yet. */
export interface Draft extends Rulebook {
  readonly file: string
  /** The people file of the bench, as it is written. */
  readonly people: string | null
  lint(people: readonly Person[]): readonly Found[]
  placeOf(path: Path): Place
}

type Readable = Extract<Parsed<Configuration>, { ok: true }>

export function draftFrom(file: string, { value, faultAt }: Readable, rulebook: Rulebook): Draft {
  const placeOf = (path: Path) => {
    const { message: _, ...place } = faultAt(path, '')
    return place
  }
  const parties = [...rulebook.parties.values()]
  const named = { groups: value.groups ?? [], acr: Object.keys(value.acr.vocabulary) }
  return {
    ...rulebook,
    file,
    people: value.bench ? value.bench.people : null,
    placeOf,
    lint: (people) =>
      lint(rulebook.policies, parties, people, named)
        .map(({ path, ...found }) => ({ ...found, ...placeOf(path) }))
        .toSorted((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level) || a.line - b.line),
  }
}

/** Throws {@link BadFile}. */
export function draftOf(file: string, text: string = readText(file)): Draft {
  const parsed = parseFile(file, text, configuration)
  if (!parsed.ok) throw new BadFile(parsed.faults)
  const faults: Fault[] = []
  const rulebook = rulebookOf(parsed.value, (path, message) => void faults.push(parsed.faultAt(path, message)))
  if (faults.length > 0) throw new BadFile(faults)
  return draftFrom(file, parsed, rulebook)
}
