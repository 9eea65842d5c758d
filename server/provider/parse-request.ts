import { type ClaimsParameter, errors } from 'oidc-provider'
import { type AuthorizationRequest, requestFrom } from '#shared/authorization-request.ts'
import type { Client } from '../config/load.ts'
import type { AppContext } from '../context/app-context.ts'
import { accountFor } from '../context/subjects.ts'
import { subjectOf } from './subject.ts'

type Parameters = Readonly<Record<string, unknown>>

/** The authorization request in these parameters; the engine has verified the hint and parsed the claims. */
export function parseRequest(
  app: Pick<AppContext, 'issuer' | 'subjects'>,
  client: Client,
  parameters: Parameters,
): AuthorizationRequest {
  const subject = subjectOf(parameters)
  return requestFrom(client.client_id, parameters, subject === null ? null : accountFor(app, client, subject))
}

/**
 * Throws `invalid_request` for an essential acr that cannot be understood: it must not be dropped (OpenID Connect Core
 * 1.0 §5.5.1.1).
 */
export function assertClaimsParameter(_ctx: unknown, claims: ClaimsParameter): void {
  const acr = claims.id_token?.acr
  const essential: unknown = acr?.essential
  if (essential === undefined || essential === false) return
  if (essential !== true) throw new errors.InvalidRequest('whether an acr is essential is true or false')
  // An essential acr without a value asks that any acr is told (§5.5.1), which it always is.
  const { value, values } = acr as { value?: unknown; values?: unknown }
  const isWord = (one: unknown) => typeof one === 'string'
  const good = Array.isArray(values) ? values.every(isWord) : (values ?? null) === null && isWord(value ?? '')
  if (!good) throw new errors.InvalidRequest('the value of an essential acr is a string, its values a list of strings')
}
