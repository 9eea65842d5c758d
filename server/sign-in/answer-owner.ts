import type { Answer, BuiltFactor } from '#shared/factors/index.ts'
import { canonical } from '#shared/username.ts'
import type { Answering } from '../attempts/attempt.ts'
import type { AppContext } from '../context/app-context.ts'
import { personOf } from '../evidence/counting.ts'
import type { AnswerContext, Factor } from '../factors/contract/factor.ts'
import type { Person } from '../store/store.ts'
import type { SignIn } from './state.ts'

type Found = Pick<Answering, 'name' | 'account' | 'ids'> &
  Pick<AnswerContext, 'handleIsKnown' | 'isSomebodyElses'> & {
    /** The person whom the handle found; null where no handle was looked up. */
    readonly owner: Person | null
  }

/**
 * The name that an answer is charged to, and the authenticators that it is verified with: the named person's, or the
 * one whose handle the answer carries.
 */
export async function ownerOf(
  app: AppContext,
  { username, named, account }: SignIn,
  { contract, handleOf }: Factor<BuiltFactor, unknown>,
  answer: Answer<BuiltFactor>,
  ids: Answering['ids'],
): Promise<Found> {
  const name = canonical(username)
  if (!handleOf) return { name, account, ids, handleIsKnown: true, isSomebodyElses: false, owner: null }
  const handle = handleOf(answer)
  const one = handle === null ? null : await app.store.authenticators.find(contract.id, handle)
  const owner = one && (await personOf(app, one.account))
  // An authenticator of a disabled person proves nothing, though it exists.
  const isOn = one !== null && !owner?.disabled
  const isTheirs = isOn && (!named || one.account === account) && (ids?.includes(one.id) ?? true)
  const isSomebodyElses = named && one !== null && one.account !== account
  const about = { handleIsKnown: one !== null, isSomebodyElses, owner }
  // An unknown or foreign credential is charged to its own handle and not to the named account: presenting passkeys of
  // others cannot lock that account.
  return isTheirs
    ? { name: handle, account: one.account, ids: [one.id], ...about }
    : { name: handle, account: null, ids: [], ...about }
}
