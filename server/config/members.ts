import { z } from 'zod'
import { classes, classNames, type FactorClass } from '#shared/factors/classes.ts'
import { isBuilt } from '#shared/factors/index.ts'
import { allFactors, type FactorId } from '#shared/factors/table.ts'

/** Every factor there is can be written, so that a policy can be checked before it can be served. */
export const factors = allFactors as [FactorId, ...FactorId[]]
/** A factor, or a class of them. */
export const member = z.union([z.enum(factors), z.enum(classNames)])

/** A class stands for those of its factors that people can sign in with here. */
export const membersOf = (named: FactorId | FactorClass): readonly FactorId[] =>
  named in classes ? classes[named as FactorClass].filter(isBuilt) : [named as FactorId]
