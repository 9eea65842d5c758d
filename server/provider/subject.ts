import { decodeJwt } from 'jose'
import { errors } from 'oidc-provider'

type Parameters = Readonly<Record<string, unknown>>
type Named = { readonly sub?: { readonly value?: unknown; readonly values?: unknown } | null } | undefined

/** The subjects that one part of a request admits; null where it names none. */
function admitted(named: Named): readonly unknown[] | null {
  const { value, values } = named?.sub ?? {}
  if (value !== undefined && values !== undefined) throw new errors.InvalidRequest('sub has a value, or values')
  if (values === undefined) return value === undefined ? null : [value]
  return Array.isArray(values) ? values : [values]
}

function hinted(hint: unknown): readonly unknown[] | null {
  if (typeof hint !== 'string') return null
  try {
    return [decodeJwt(hint).sub]
  } catch (cause) {
    throw new errors.InvalidRequest('could not validate id_token_hint', undefined, { cause })
  }
}

/**
 * The only subject whose sign-in answers a request, null where anybody's does: the `sub` of `id_token_hint`, and of both
 * parts of `claims` (OpenID Connect Core 1.0 §3.1.2.1 and §5.5.1). All of them hold, and `login_hint` is none of them.
 * Throws `invalid_request` where no subject meets them all, or several would.
 */
export function subjectOf({ claims, id_token_hint: hint }: Parameters): string | null {
  const asked: Readonly<Record<string, Named>> = typeof claims === 'string' ? JSON.parse(claims) : {}
  const named = [hinted(hint), admitted(asked.id_token), admitted(asked.userinfo)].filter((one) => one !== null)
  if (named.length === 0) return null
  const [first = [], ...others] = named
  const all = new Set(first.filter((one) => others.every((other) => other.includes(one))))
  const [subject] = all
  if (all.size > 1) throw new errors.InvalidRequest('a request is for one subject')
  if (typeof subject !== 'string') throw new errors.InvalidRequest('the request names different subjects')
  return subject
}
