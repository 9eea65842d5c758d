/**
 * The Authentication Method Reference values that Sallyport's evidence can carry: RFC 8176 §2, and `fido`, which is
 * not registered and which some relying parties know. `mfa` is absent: `mfa` follows from what the evidence proves.
 */
export const methods = ['pwd', 'wia', 'otp', 'hwk', 'swk', 'sms', 'fido', 'user', 'sc'] as const
export type AmrMethod = (typeof methods)[number]
