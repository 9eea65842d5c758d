import { type ClaimsParameter, errors, type KoaContextWithOIDC } from 'oidc-provider'
import { deepestClaims, hasUniqueMembers } from '../http/duplicate-members.ts'
import { assertClaimsParameter } from './parse-request.ts'
import { subjectOf } from './subject.ts'

/**
 * Checks a `claims` parameter when it arrives, also at the pushed authorization request endpoint. A repeated member,
 * which another reader of the same request may not see (RFC 8259 §4), is refused. Throws `invalid_request`.
 */
export function assertClaims(ctx: KoaContextWithOIDC, claims: ClaimsParameter): void {
  const { params = {} } = ctx.oidc
  if (!hasUniqueMembers(String(params.claims), deepestClaims))
    throw new errors.InvalidRequest('a member of the claims parameter stands twice, or is too deep')
  assertClaimsParameter(ctx, claims)
  subjectOf(params)
}
