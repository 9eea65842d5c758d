import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import type { EnrolledFactor } from '#shared/authenticator.ts'
import { allFactors, type FactorId } from '#shared/factors/table.ts'
import type { PolicyPerson } from '#shared/policy/tools/simulate.ts'
import type { CheckedConfig } from '../config/checked-config.ts'
import { BadFile, parseFile, readText } from '../operator/yaml-file.ts'
import { shortFor } from '../people/file.ts'

export const factor = z.enum(allFactors as [FactorId, ...FactorId[]])

const bound = z.iso.date().describe('When it was bound')

/** The part of a people file that a policy can see; also factors that are not built yet, and no secrets. */
const seen = z.array(
  z.looseObject({
    username: z.string(),
    groups: z.array(z.string()).default([]),
    disabled: z.boolean().default(false),
    authenticators: z.array(z.looseObject({ factor, bound: bound.optional() })).default([]),
  }),
)

/** The enabled people of a people file, or of the bench's. Throws {@link BadFile}. */
export function peopleFor(checked: CheckedConfig, given: string | undefined): readonly PolicyPerson[] {
  const file = given ?? (checked.people && resolve(dirname(checked.file), checked.people))
  if (!file) return []
  const parsed = parseFile(file, readText(file), seen)
  if (!parsed.ok) throw new BadFile(parsed.faults)
  const enabled = parsed.value.filter(({ disabled }) => !disabled)
  return enabled.map(({ username, groups, authenticators, ...more }) => {
    const short = Object.entries(shortFor).flatMap(([key, factor]) => (key in more ? [{ factor }] : []))
    return personWith(username, groups, [...short, ...authenticators])
  })
}

type Carried = Pick<EnrolledFactor, 'factor'> & { readonly bound?: string | undefined }
export const personWith = (name: string, groups: readonly string[], carried: readonly Carried[]): PolicyPerson => ({
  name,
  groups,
  enrolled: carried.map(({ factor, bound }, at) => ({
    id: `${at}`,
    factor,
    boundAt: bound === undefined ? null : Date.parse(bound),
  })),
})
