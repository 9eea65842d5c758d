import { absoluteUrl } from './absolute-url.ts'
import type { AppContext } from './app-context.ts'

type Registered = 'redirect_uris' | 'post_logout_redirect_uris'

/**
 * Whether a redirect URI is registered for a client, by the configuration in force: compared to the letter (OpenID
 * Connect Core 1.0 §3.1.2.1, RP-Initiated Logout 1.0 §3). False for an unknown client.
 */
export const isRegisteredRedirect = (
  app: Pick<AppContext, 'config' | 'issuer'>,
  client: unknown,
  uri: unknown,
  as: Registered = 'redirect_uris',
): boolean =>
  app.config.clients.get(String(client))?.[as]?.some((registered) => absoluteUrl(app, registered) === uri) ?? false
