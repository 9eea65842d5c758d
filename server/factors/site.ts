import type { Config } from '../config/load.ts'
import type { House } from '../house.ts'

/** Where this is, and what its operator said of it that a factor must know. */
export interface Site extends Pick<Config, 'passkeys'> {
  readonly issuer: URL
}

export const siteOf = ({ issuer, config: { passkeys } }: House): Site => ({ issuer, passkeys })
