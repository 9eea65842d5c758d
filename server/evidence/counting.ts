import { isAhead } from '../clock/instants.ts'
import type { AppContext } from '../context/app-context.ts'
import type { Person, ProvenEvidence } from '../store/store.ts'

type Clocked = Pick<AppContext, 'store' | 'now' | 'log'>

/** The person of an account with an epoch bounded by the right clock; null where there is nobody. */
export const personOf = async (app: Clocked, id: string): Promise<Person | null> =>
  withBoundedEpoch(app, await app.store.people.get(id))

/**
 * Bounds a person's epoch (`notBefore`) that lies in the future, a wrong clock's word: it becomes now, and is stored
 * so, since else nothing of theirs would count until then. Called before they prove something anew.
 */
export async function withBoundedEpoch<P extends Person | null>({ store, now, log }: Clocked, person: P): Promise<P> {
  const here = now().getTime()
  if (!person || person.notBefore === null || !isAhead(person.notBefore, here)) return person
  const { id, notBefore } = person
  log.warn({ account: id, notBefore: new Date(notBefore) }, 'an instant of a clock that was ahead was bounded')
  await store.people.setNotBefore(id, here)
  return { ...person, notBefore: here }
}

/**
 * The evidence of somebody that counts: nothing of somebody who is gone or disabled, nothing that was ended since, and
 * nothing that was proven by a clock that was ahead.
 */
export const countingOf = <E extends Pick<ProvenEvidence, 'provenAt'>>(
  person: Pick<Person, 'disabled' | 'notBefore'> | null,
  evidence: readonly E[],
  now: number,
): readonly E[] =>
  person === null || person.disabled
    ? []
    : evidence.filter(({ provenAt }) => provenAt > (person.notBefore ?? 0) && !isAhead(provenAt, now))
