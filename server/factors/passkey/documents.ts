import { Hono } from 'hono'
import type { Site } from '../site.ts'

/**
 * Which other origins may use these passkeys (WebAuthn Level 3 §5.11.1), and where people make and manage them (W3C
 * "A Well-Known URL for Relying Party Passkey Endpoints"). Browsers fetch them from the RP ID's host, and follow no redirect.
 */
export function passkeyDocuments({ issuer, passkeys }: Site) {
  const app = new Hono()
  app.get('/webauthn', (c) => c.json({ origins: [...new Set([issuer.origin, ...passkeys.related_origins])] }))
  app.get('/passkey-endpoints', (c) => c.json({}))
  return app
}
