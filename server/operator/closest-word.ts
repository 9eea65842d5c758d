import { distance } from 'fastest-levenshtein'

/** A "did you mean" for a misspelt word: the template with % replaced, or nothing when no known word is near. */
export function closestWord(word: string, known: readonly string[], template: string): string {
  const [best] = known
    .map((candidate) => ({ candidate, away: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, away }) => away <= Math.max(2, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.away - b.away)
  return best ? template.replace('%', best.candidate) : ''
}
