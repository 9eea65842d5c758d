import { classes } from '../factors/classes.ts'
import { allFactors } from '../factors/table.ts'
import { filter, type Vocabulary } from './meaning.ts'

/** Our own filters: one for each factor (a recovery code has none), and classes of them. */
export const sallyport: Vocabulary = {
  ...Object.fromEntries(
    allFactors
      .filter((factor) => factor !== 'recovery-code')
      .map((factor) => [`urn:sallyport:acr:${factor}`, filter(factor)]),
  ),
  ...Object.fromEntries(
    Object.entries(classes).map(([name, factors]) => [`urn:sallyport:acr:${name}`, filter(...factors)]),
  ),
  'urn:sallyport:acr:knowledgeorpossession': filter(...classes.knowledge, ...classes.possession),
}
