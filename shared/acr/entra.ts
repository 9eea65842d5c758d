import { classes } from '../factors/classes.ts'
import { filter, type Vocabulary } from './meaning.ts'

const possession = filter(...classes.possession)
/** Entra takes no knowledge from elsewhere, and counts a passkey as possession whatever unlocked it. */
const nothing = filter()

/** Microsoft Entra's values for an external method; bare words, so known at its own issuer alone. */
export const entraAcr: Vocabulary = {
  possession,
  possessionorinherence: possession,
  knowledgeorpossession: possession,
  knowledgeorpossessionorinherence: possession,
  knowledge: nothing,
  inherence: nothing,
  knowledgeorinherence: nothing,
}
