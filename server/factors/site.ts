import type { Config } from '../config/load.ts'
import type { House } from '../house.ts'

/** Where this is, and what its operator said of it that a factor must know. */
export interface Site extends Pick<Config, 'passkeys'> {
  readonly issuer: URL
  /** What the service calls itself to people; without a colon (Key URI Format, "Label"). */
  readonly serviceName: string
}

export const siteOf = ({ issuer, serviceName, config: { passkeys } }: House): Site => ({
  issuer,
  serviceName,
  passkeys,
})
