import type { FactorId } from './table.ts'

const knowledge = ['password', 'kerberos'] as const
const otp = ['totp', 'token', 'grid'] as const

/** Sets of factors that policies and acr values name as one. A recovery code is in none of them. */
export const classes = {
  knowledge,
  otp,
  possession: [...otp, 'sms', 'passkey', 'smartcard'],
} as const satisfies Record<string, readonly FactorId[]>

export type FactorClass = keyof typeof classes
export const classNames = Object.keys(classes) as [FactorClass, ...FactorClass[]]
