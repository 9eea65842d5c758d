import { type Finding, findingLevels } from '#shared/policy/analysis/finding.ts'
import { lint } from '#shared/policy/lint/lint.ts'
import type { PolicyPerson } from '#shared/policy/tools/simulate.ts'
import { BadFile, type Fault, type Parsed, parseFile, readText, type YamlPath } from '../operator/yaml-file.ts'
import { type Rulebook, rulebookOf } from './rulebook.ts'
import { type Configuration, configuration } from './schema.ts'

/** A place in a file. */
export type Place = Omit<Fault, 'message'>
/** A finding, and its place in the file. */
export type PlacedFinding = Omit<Finding, 'path'> & Place

/** A configuration as the policy tools read it: also without its secrets, and with factors that are not built yet. */
export interface CheckedConfig extends Rulebook {
  readonly file: string
  /** The path of the bench's people file, as it is written; null without a bench. */
  readonly people: string | null
  lint(people: readonly PolicyPerson[]): readonly PlacedFinding[]
  placeOf(path: YamlPath): Place
}

type Readable = Extract<Parsed<Configuration>, { ok: true }>

export function checkedConfigFrom(file: string, { value, faultAt }: Readable, rulebook: Rulebook): CheckedConfig {
  const placeOf = (path: YamlPath) => {
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
        .toSorted((a, b) => findingLevels.indexOf(a.level) - findingLevels.indexOf(b.level) || a.line - b.line),
  }
}

/** Reads and checks a configuration file, or the given text of one, without its secrets. Throws {@link BadFile}. */
export function checkedConfigIn(file: string, text: string = readText(file)): CheckedConfig {
  const parsed = parseFile(file, text, configuration)
  if (!parsed.ok) throw new BadFile(parsed.faults)
  const faults: Fault[] = []
  const rulebook = rulebookOf(parsed.value, (path, message) => void faults.push(parsed.faultAt(path, message)))
  if (faults.length > 0) throw new BadFile(faults)
  return checkedConfigFrom(file, parsed, rulebook)
}
