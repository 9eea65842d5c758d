import { type ClaimsParameter, errors } from 'oidc-provider'
import { type Ask, askOf } from '#shared/ask.ts'
import { subjectOf } from './subject.ts'

type Parameters = Readonly<Record<string, unknown>>

/** Authorize parameters to Ask; the engine has verified the hint and parsed the claims when it took them. */
export const askFrom = (client: string, parameters: Parameters): Ask => askOf(client, parameters, subjectOf(parameters))

/** An essential acr that cannot be understood must not be dropped (OpenID Connect Core 1.0 §5.5.1.1). */
export function assertClaimsParameter(_ctx: unknown, claims: ClaimsParameter): void {
  const acr = claims.id_token?.acr
  const essential: unknown = acr?.essential
  if (essential === undefined || essential === false) return
  if (essential !== true) throw new errors.InvalidRequest('whether an acr is essential is true or false')
  const { value, values } = acr as { value?: unknown; values?: unknown }
  const good = Array.isArray(values) ? values.every((one) => typeof one === 'string') : typeof value === 'string'
  if (!good) throw new errors.InvalidRequest('an essential acr needs a value, or a list of values')
}
