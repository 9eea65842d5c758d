import type { Passkeys } from '../../settings/passkeys.ts'

/** The facts about the service that a factor needs: its address, its name, and the operator's settings for passkeys. */
export interface Site {
  readonly passkeys: Passkeys
  readonly issuer: URL
  /** The name that people read; without a colon (Key URI Format, "Label"). */
  readonly serviceName: string
}

type Place = Pick<Site, 'issuer' | 'serviceName'> & { readonly config: Pick<Site, 'passkeys'> }

export const siteOf = ({ issuer, serviceName, config: { passkeys } }: Place): Site => ({
  issuer,
  serviceName,
  passkeys,
})
