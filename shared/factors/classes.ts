import type { FactorId } from './table.ts'

const knowledge = ['password', 'kerberos'] as const
const otp = ['totp', 'token', 'grid'] as const

/** Named sets of factors for policies and acr values. A recovery code belongs to no class. */
export const classes = {
  knowledge,
  otp,
  possession: [...otp, 'sms', 'passkey', 'smartcard'],
} as const satisfies Record<string, readonly FactorId[]>

export type FactorClass = keyof typeof classes
export const classNames = Object.keys(classes) as [FactorClass, ...FactorClass[]]
