import { z } from 'zod'
import { acrValues, chainFrom, type Defined } from '#shared/acr/index.ts'
import { levelNames } from '#shared/acr/levels.ts'
import { closestWord } from '../operator/closest-word.ts'
import type { Report } from '../operator/yaml-file.ts'
import { member, membersOf } from './factor-names.ts'

const value = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'An acr value has no spaces, quotes or backslashes.')

/** The operator's own acr values. */
export const acr = z
  .strictObject({
    aliases: z
      .record(value, z.string())
      .default({})
      .describe('Other names of values, such as https://refeds.org/profile/mfa for urn:sallyport:acr:mfa'),
    vocabulary: z
      .record(
        value,
        z.strictObject({
          factors: z.array(member).min(1).describe('Factors or classes: one of them is asked for'),
          level: z.enum(levelNames).optional().describe('Beside one of the factors, this level must be met'),
        }),
      )
      .default({}),
  })
  .default({ aliases: {}, vocabulary: {} })
export type AcrSettings = z.output<typeof acr>

export const definedValues = ({ vocabulary }: AcrSettings): Readonly<Record<string, Defined>> =>
  Object.fromEntries(
    Object.entries(vocabulary).map(([value, { factors, level }]) => [
      value,
      { factors: [...new Set(factors.flatMap(membersOf))], level },
    ]),
  )

/** Reports acr values that exist already, aliases of nothing, and aliases that go in a circle. */
export function checkAcr({ aliases, vocabulary }: AcrSettings, report: Report): void {
  const known = [...acrValues, ...Object.keys(vocabulary)]
  for (const value of Object.keys(vocabulary))
    if (acrValues.includes(value)) report(['acr', 'vocabulary', value], `There is an acr value "${value}" already.`)
  const around = new Set<string>()
  for (const [alias, target] of Object.entries(aliases)) {
    const path = ['acr', 'aliases', alias]
    const chain = chainFrom(alias, aliases)
    if (known.includes(alias)) report(path, `There is an acr value "${alias}" already.`)
    else if (chain.length > 1 && chain.at(-1) === alias) {
      if (!around.has(alias)) report(path, `This acr value leads back to itself: ${chain.join(' → ')}.`)
      for (const one of chain) around.add(one)
    } else if (!known.includes(target) && !Object.hasOwn(aliases, target))
      report(path, `There is no acr value "${target}".${closestWord(target, known, ' Did you mean "%"?')}`)
  }
}
