import type { IncomingMessage } from 'node:http'
import type { Refusal } from '#shared/refusal.ts'
import { readBody, utf8In } from './bytes.ts'
import { hasUniqueMembers } from './duplicate-members.ts'

export type Body =
  | { readonly ok: true; readonly form: boolean; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly why: Refusal }

const longestBytes = 32 * 1024
const refused = (code: Refusal['code']): Body => ({ ok: false, why: { code } })

/** Reads the body of an action: JSON from the page, or a form from a browser whose script has not loaded. */
export async function bodyOf(request: IncomingMessage, origin: string): Promise<Body> {
  if (isForeign(request, origin)) return refused('wrong-origin')
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  const form = type === 'application/x-www-form-urlencoded'
  if (type !== 'application/json' && !form) return refused('wrong-type')
  // Another site can send a form without a preflight: only the own pages' forms have this Origin or Sec-Fetch-Site.
  if (form && !isOwn(request, origin)) return refused('wrong-origin')
  const bytes = await readBody(request, longestBytes)
  if (!bytes) return refused('too-large')
  const text = utf8In(bytes)
  const fields = text === null ? null : form ? formFields(text) : jsonFields(text)
  return fields && isClean(fields) ? { ok: true, form, fields } : refused('bad-request')
}

const isOwn = ({ headers }: IncomingMessage, origin: string) =>
  headers.origin === origin || headers['sec-fetch-site'] === 'same-origin'
/** Whether another site's page sent a request. */
export const isForeign = ({ headers }: IncomingMessage, origin: string) => {
  const { origin: from, 'sec-fetch-site': site } = headers
  return (from !== undefined && from !== origin) || (site !== undefined && site !== 'same-origin' && site !== 'none')
}

function formFields(text: string): Record<string, unknown> | null {
  const fields: Record<string, unknown> = Object.create(null)
  for (const [name, value] of new URLSearchParams(text)) {
    if (name in fields) return null
    fields[name] = value
  }
  return fields
}

function jsonFields(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return null
    return hasUniqueMembers(text) ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

/** Whether a value has no control characters and no lone surrogates, in any string at any depth. */
function isClean(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !/\p{Cc}/u.test(value)
  if (value === null || typeof value !== 'object') return true
  return Object.entries(value).every(([key, inner]) => isClean(key) && isClean(inner))
}
