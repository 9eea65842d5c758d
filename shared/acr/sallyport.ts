import { classes } from '../factors/classes.ts'
import { allFactors } from '../factors/table.ts'
import { filter, type Vocabulary } from './meaning.ts'

/** Sallyport's own filters: one for each factor (except recovery codes), and one for each class of factors. */
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
