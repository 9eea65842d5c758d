import { canonical } from '#shared/username.ts'
import { type AuthenticatorState, authenticatorStates } from '../attempts/authenticator-state.ts'
import { unlock } from '../attempts/unlock.ts'
import { storeSettingsOf } from '../config/store-settings.ts'
import { endEverything } from '../evidence/ending.ts'
import { OperatorError } from '../operator/operator-error.ts'
import { keysFor } from '../secrets/keys.ts'
import { openStore } from '../store/open.ts'
import type { Person, Store } from '../store/store.ts'
import { issuerOf, type Options, settingsOf } from './options.ts'
import { print } from './policy.ts'

type Settings = ReturnType<typeof settingsOf>

/**
 * Opens the store, also while a server runs, for work on one person. Throws {@link OperatorError} for a name that
 * nobody has.
 */
async function forPerson(
  username: string,
  options: Options,
  work: (store: Store, person: Person, settings: Settings) => Promise<void>,
): Promise<void> {
  const settings = settingsOf(options)
  const { config, dataFolder, port } = settings
  const keys = await keysFor(config, dataFolder, issuerOf(config, port), new Date())
  const store = await openStore(storeSettingsOf(config), dataFolder, keys.storage)
  try {
    const person = await store.people.byName(canonical(username) ?? '')
    if (!person) throw new OperatorError(`There is nobody called "${username}".`)
    await work(store, person, settings)
  } finally {
    await store.close()
  }
}

/** `sallyport people unlock USERNAME`: forgets wrong answers, wherever they came from. */
export const peopleUnlock = (username: string, options: Options): Promise<void> =>
  forPerson(username, options, async (store, person, { config }) => {
    const before = await authenticatorStates({ store, config, now: () => new Date() }, person.id)
    await unlock(store, person.id, new Date())
    for (const one of before) print(`was ${describeState(one)}`)
    print(`${person.username} is unlocked.`)
  })

/** `sallyport people end-sessions USERNAME`: ends sessions, and all that was proven until now counts no more. */
export const peopleEndSessions = (username: string, options: Options): Promise<void> =>
  forPerson(username, options, async (store, person) => {
    await store.transaction((inside) => endEverything(inside, person.id, Date.now()))
    print(`${person.username} is signed out everywhere, and every sign-in under way begins anew.`)
  })

/** One line about an authenticator, and whom wrong answers keep out of it. */
export function describeState({
  factor,
  label,
  shut,
  strangersWaitUntil,
  ...counts
}: Omit<AuthenticatorState, 'id'>): string {
  const state = shut.afterProof
    ? 'shut for browsers it was not used in, also after another proof'
    : shut.strangers
      ? 'shut for browsers it was not used in, until another factor is proven'
      : strangersWaitUntil
        ? `waiting until ${strangersWaitUntil}`
        : 'open'
  return `${factor} "${label}": ${state} (${counts.failures} wrong answers, ${counts.failuresAfterProof} after another proof)`
}
