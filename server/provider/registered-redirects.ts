import type { Context, Next } from 'koa'
import type Provider from 'oidc-provider'
import type { AppContext } from '../context/app-context.ts'
import { isRegisteredRedirect } from '../context/redirects.ts'

/**
 * An authorization or sign-out under way goes on only to a redirect URI that is still registered: the engine looks at
 * registrations when a request begins, and not again when its browser comes back (an hour later at most). An
 * authorization of a client or a redirect URI that is gone is forgotten, so that nothing is sent there, no code and no
 * error.
 */
export const onlyRegistered =
  (
    app: AppContext,
    provider: Provider,
    { authorization, end_session }: Readonly<Record<'authorization' | 'end_session', string>>,
  ) =>
  async (ctx: Context, proceed: Next): Promise<void> => {
    if (ctx.path.startsWith(`${authorization}/`)) {
      const uid = ctx.cookies.get(provider.cookieName('resume'), { signed: true })
      const interaction = uid ? await provider.Interaction.find(uid) : undefined
      const { client_id: client, redirect_uri: uri } = interaction?.params ?? {}
      if (interaction && !isRegisteredRedirect(app, client, uri)) await interaction.destroy()
    } else if (ctx.path === `${end_session}/confirm`) await forgetReturn(app, provider, ctx)
    return proceed()
  }

/** Ends a sign-out here where its client's redirect URI was registered under another configuration and is gone. */
async function forgetReturn(app: AppContext, provider: Provider, { req, res }: Context) {
  const session = await provider.Session.get(provider.createContext(req, res))
  const { clientId, postLogoutRedirectUri: uri } = session.state ?? {}
  // A URI on the issuer is the engine's own, to sign another account in: it comes back here, and is checked again.
  const isOurs = typeof uri === 'string' && URL.parse(uri)?.origin === app.issuer.origin
  if (!session.state || !uri || isOurs || isRegisteredRedirect(app, clientId, uri, 'post_logout_redirect_uris')) return
  delete session.state.postLogoutRedirectUri
  await session.persist()
}
