import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { AppContext } from '../context/app-context.ts'
import { countingOf, personOf } from '../evidence/counting.ts'

export const sessionOf = ({ oidc }: KoaContextWithOIDC): string => {
  if (!oidc.session) throw new Error('The engine gave no session.')
  return oidc.session.uid
}

const justMs = 5 * 60_000

/**
 * Binds the evidence of the sign-in that resumed this authorization to the browser session, dated from its last proof.
 * Returns its id when that was under five minutes ago, so that its evidence counts as current; else null. Throws
 * `access_denied` for a sign-in that was ended or belongs to another session.
 */
export async function bindFinishedSignIn(app: AppContext, ctx: KoaContextWithOIDC): Promise<string | null> {
  const { result } = ctx.oidc
  const signIn = result?.login && typeof result.signIn === 'string' ? result.signIn : null
  if (!signIn) return null
  const endedAt = await app.store.records.bind(signIn, sessionOf(ctx))
  if (endedAt === null) throw new errors.AccessDenied('this sign-in belongs to another session')
  const person = await personOf(app, ctx.oidc.session?.accountId ?? '')
  const now = app.now().getTime()
  if (endedAt > 0 && countingOf(person, [{ provenAt: endedAt }], now).length === 0)
    throw new errors.AccessDenied('this sign-in was ended')
  return now - endedAt < justMs ? signIn : null
}
