/** Every reason for a refusal, with its HTTP status. */
export const refusals = {
  'already-enrolled': 409,
  'bad-number': 422,
  'bad-request': 400,
  'bad-username': 422,
  busy: 503,
  cancelled: 410,
  'changed-passkey': 422,
  denied: 403,
  expired: 410,
  'expired-code': 422,
  'expired-card': 422,
  finished: 410,
  locked: 429,
  'no-card': 422,
  'no-more-texts': 429,
  'no-texts-there': 422,
  'not-enrolled': 403,
  'not-found': 404,
  'not-offered': 409,
  'others-card': 422,
  'revocation-unknown': 503,
  'revoked-card': 422,
  'server-fault': 500,
  stale: 409,
  'text-late': 503,
  'text-not-sent': 503,
  'text-too-soon': 403,
  'too-large': 413,
  'too-late': 422,
  'too-many-openings': 410,
  'too-many-refusals': 410,
  'too-many-requests': 429,
  'too-many-texts': 429,
  'unknown-issuer': 422,
  'unlinked-card': 422,
  'unknown-passkey': 422,
  'unsafe-passkey': 422,
  unauthorized: 401,
  unmet: 403,
  'used-code': 422,
  'used-recovery-code': 422,
  'wrong-card': 422,
  'weak-pattern': 422,
  'wrong-code': 422,
  'wrong-digits': 422,
  'wrong-host': 421,
  'wrong-origin': 403,
  'wrong-passkey': 422,
  'wrong-password': 422,
  'wrong-person': 403,
  'wrong-recovery-code': 422,
  'wrong-token-code': 422,
  'wrong-text-code': 422,
  'wrong-type': 415,
} as const satisfies Record<string, number>

export type RefusalCode = keyof typeof refusals

/** A refusal: `until` is when trying again makes sense (ISO 8601), `ending` the last digits of a phone number. */
export interface Refusal {
  readonly code: RefusalCode
  readonly until?: string
  readonly ending?: string
}

export const statusOf = (refusal: Refusal): (typeof refusals)[RefusalCode] => refusals[refusal.code]
