import { Hono } from 'hono'
import type { Site } from '../contract/site.ts'
import { originsOf } from './ceremony.ts'

/**
 * The well-known documents for passkeys: related origins (WebAuthn Level 3 §5.11.1), and the addresses where people
 * make and manage passkeys (W3C "A Well-Known URL for Relying Party Passkey Endpoints"). Browsers fetch both from the
 * RP ID's host, and follow no redirect.
 */
export function passkeyDocuments(site: Site) {
  const routes = new Hono()
  routes.get('/webauthn', (c) => c.json({ origins: [...originsOf(site)] }))
  routes.get('/passkey-endpoints', (c) => c.json({}))
  return routes
}
