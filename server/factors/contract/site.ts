import type { Passkeys } from '../../settings/passkeys.ts'

/** The cost of an argon2id hash (RFC 9106 §3.1): KiB of memory, and the number of passes. */
export interface Argon2Cost {
  readonly memory: number
  readonly passes: number
}

/** The facts about the service that a factor needs: its address, its name, and the operator's settings for factors. */
export interface Site {
  readonly passkeys: Passkeys
  /** The cost of new hashes of passwords. */
  readonly passwords: { readonly argon2id: Argon2Cost }
  readonly issuer: URL
  /** The name that people read; without a colon (Key URI Format, "Label"). */
  readonly serviceName: string
}

type Place = Pick<Site, 'issuer' | 'serviceName'> & { readonly config: Pick<Site, 'passkeys' | 'passwords'> }

export const siteOf = ({ issuer, serviceName, config: { passkeys, passwords } }: Place): Site => ({
  issuer,
  serviceName,
  passkeys,
  passwords,
})
