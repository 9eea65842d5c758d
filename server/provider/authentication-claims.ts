import type { KoaContextWithOIDC } from 'oidc-provider'
import { wordsFor } from '#shared/amr/dialect.ts'
import type { Evidence } from '#shared/evidence.ts'
import type { Client } from '../config/load.ts'

/** What a token will say about how the person authenticated. */
export interface AuthenticationClaims {
  readonly acr: string
  readonly amr: readonly string[]
  /** Epoch seconds: the oldest evidence that is relied on. */
  readonly authTime: number
}

/** Room 7: evidence into this client's words. */
export const claimsFrom = (client: Client, acr: string, evidence: readonly Evidence[]): AuthenticationClaims => ({
  acr,
  amr: wordsFor(client.clientRules.dialect, evidence),
  authTime: Math.floor(Math.min(...evidence.map((one) => one.at)) / 1000),
})

/**
 * Makes the engine say it in this authorization. The engine keeps one acr, amr and time per browser session and would
 * speak client A's words to client B; here they are set for the request at hand, and a code or token keeps them.
 */
export function setClaims(ctx: KoaContextWithOIDC, claims: AuthenticationClaims): void {
  Object.defineProperty(ctx.oidc, 'acr', { value: claims.acr })
  Object.defineProperty(ctx.oidc, 'amr', { value: claims.amr })
  Object.defineProperty(ctx.oidc.session, 'authTime', { value: () => claims.authTime, configurable: true })
}
