import type { Passkeys } from '../../settings/passkeys.ts'

/** Where this is, and what its operator said of it that a factor must know. */
export interface Site {
  readonly passkeys: Passkeys
  readonly issuer: URL
  /** What the service calls itself to people; without a colon (Key URI Format, "Label"). */
  readonly serviceName: string
}

type Place = Pick<Site, 'issuer' | 'serviceName'> & { readonly config: Pick<Site, 'passkeys'> }

export const siteOf = ({ issuer, serviceName, config: { passkeys } }: Place): Site => ({
  issuer,
  serviceName,
  passkeys,
})
