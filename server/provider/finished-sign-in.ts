import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { AppContext } from '../context/app-context.ts'
import { countingOf, personOf } from '../evidence/counting.ts'

export const sessionOf = ({ oidc }: KoaContextWithOIDC): string => {
  if (!oidc.session) throw new Error('The engine gave no session.')
  return oidc.session.uid
}

const justMs = 5 * 60_000

/**
 * The sign-in that this request comes from; what it proved belongs to this session from now on, dated from its end.
 * Null when there is none, and for one that ended a while ago: that is earlier evidence like any other.
 */
export async function bindFinishedSignIn(app: AppContext, ctx: KoaContextWithOIDC): Promise<string | null> {
  const { result } = ctx.oidc
  const signIn = result?.login && typeof result.signIn === 'string' ? result.signIn : null
  if (!signIn) return null
  const ends = (await app.store.records.ofSignIn(signIn)).map((one) => one.at)
  const endedAt = Math.max(0, ...ends)
  const person = await personOf(app, ctx.oidc.session?.accountId ?? '')
  const now = app.now().getTime()
  if (ends.length > 0 && countingOf(person, [{ provenAt: endedAt }], now).length === 0)
    throw new errors.AccessDenied('this sign-in was ended')
  if (!(await app.store.records.bind(signIn, sessionOf(ctx), endedAt)))
    throw new errors.AccessDenied('this sign-in belongs to another session')
  return now - endedAt < justMs ? signIn : null
}
