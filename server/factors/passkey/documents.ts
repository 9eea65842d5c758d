import { Hono } from 'hono'
import type { Site } from '../contract/site.ts'
import { originsOf } from './ceremony.ts'

/**
 * Which other origins may use these passkeys (WebAuthn Level 3 §5.11.1), and where people make and manage them (W3C
 * "A Well-Known URL for Relying Party Passkey Endpoints"). Browsers fetch them from the RP ID's host, and follow no redirect.
 */
export function passkeyDocuments(site: Site) {
  const routes = new Hono()
  routes.get('/webauthn', (c) => c.json({ origins: [...originsOf(site)] }))
  routes.get('/passkey-endpoints', (c) => c.json({}))
  return routes
}
