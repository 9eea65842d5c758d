import { z } from 'zod'
import { classes, classNames, type FactorClass } from '#shared/factors/classes.ts'
import { isBuilt } from '#shared/factors/index.ts'
import { allFactors, type FactorId } from '#shared/factors/table.ts'
import { closestWord } from '../operator/closest-word.ts'

/** The factors that can be written: all there are, so that a policy can be checked before it can be served. */
export const factorNames = allFactors as [FactorId, ...FactorId[]]
const all: readonly (FactorId | FactorClass)[] = [...factorNames, ...classNames]

/** The message for a name that is neither a factor nor a class. */
export const noMember = ({ input }: { readonly input?: unknown }): string =>
  typeof input === 'string'
    ? `There is no factor or class "${input}".${closestWord(input, all, ' Did you mean "%"?')}`
    : `A factor is one of ${factorNames.join(', ')}, or a class: ${classNames.join(', ')}.`

/** A factor, or a class of factors. */
export const member = z.enum(all as [FactorId | FactorClass], { error: noMember })

/** The factors that a name stands for: a class stands for those of its factors that people can sign in with here. */
export const membersOf = (named: FactorId | FactorClass): readonly FactorId[] =>
  named in classes ? classes[named as FactorClass].filter(isBuilt) : [named as FactorId]
