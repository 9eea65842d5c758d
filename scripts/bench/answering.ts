import type { BuiltFactor } from '#shared/factors/index.ts'

export interface Enrolled {
  readonly factor: BuiltFactor
  readonly credential: unknown
  readonly handle?: string
}

export interface Answering {
  readonly username: string
  readonly issuer: string
}
