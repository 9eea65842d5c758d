import type { Person, ProvenEvidence } from '../store/store.ts'

/** What of somebody's evidence counts: nothing of somebody who is gone or disabled, and nothing that was ended since. */
export const countingOf = <E extends Pick<ProvenEvidence, 'provenAt'>>(
  person: Pick<Person, 'disabled' | 'notBefore'> | null,
  evidence: readonly E[],
): readonly E[] =>
  person === null || person.disabled ? [] : evidence.filter(({ provenAt }) => provenAt > (person.notBefore ?? 0))
