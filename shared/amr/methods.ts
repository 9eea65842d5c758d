/**
 * The Authentication Method Reference values of RFC 8176 §2 that Sallyport's evidence can carry.
 * `mfa` is none of them: it follows from what the evidence proves, and a dialect says when.
 */
export const methods = ['pwd'] as const
export type Method = (typeof methods)[number]
