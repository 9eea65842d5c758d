import type { KoaContextWithOIDC } from 'oidc-provider'
import { wordsFor } from '#shared/amr/dialect.ts'
import type { Evidence } from '#shared/evidence.ts'
import type { Client } from '../config/load.ts'

/** The authentication claims of a token. */
export interface AuthenticationClaims {
  readonly acr: string
  readonly amr: readonly string[]
  /** Epoch seconds: from when the oldest evidence that counts is dated (`Evidence.at`). */
  readonly authTime: number
}

/** Computes acr, amr and auth_time of this client's tokens from the evidence that counts; its dialect spells amr. */
export const claimsFrom = (client: Client, acr: string, evidence: readonly Evidence[]): AuthenticationClaims => ({
  acr,
  amr: wordsFor(client.clientRules.dialect, evidence),
  authTime: Math.floor(Math.min(...evidence.map((one) => one.at)) / 1000),
})

/**
 * Makes the engine put these claims into the tokens of this authorization. The engine keeps one acr, amr and time per
 * browser session and would give client A's claims to client B; here they are set for the request at hand, and its code
 * or token keeps them.
 */
export function setClaims(ctx: KoaContextWithOIDC, claims: AuthenticationClaims): void {
  Object.defineProperty(ctx.oidc, 'acr', { value: claims.acr })
  Object.defineProperty(ctx.oidc, 'amr', { value: claims.amr })
  Object.defineProperty(ctx.oidc.session, 'authTime', { value: () => claims.authTime, configurable: true })
}
