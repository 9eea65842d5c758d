import { classes } from '../factors/classes.ts'
import { filter, type Vocabulary } from './meaning.ts'

const possession = filter(...classes.possession)
/** Met by no factor: Entra takes no knowledge of another provider, and a passkey is possession whatever unlocks it. */
const nothing = filter()

/** Microsoft Entra's values for an external method; bare words, so known at Entra's own issuer alone. */
export const entraAcr: Vocabulary = {
  possession,
  possessionorinherence: possession,
  knowledgeorpossession: possession,
  knowledgeorpossessionorinherence: possession,
  knowledge: nothing,
  inherence: nothing,
  knowledgeorinherence: nothing,
}
