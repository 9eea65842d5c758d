import type { Authenticator } from '../../store/store.ts'

/** What is kept of a passkey: a credential record (WebAuthn Level 3 §4). Its id is the authenticator's handle. */
export interface PasskeyCredential {
  /** COSE_Key (RFC 9052 §7) in base64url, its algorithm included. */
  readonly publicKey: string
  /** The person, as their authenticators know them: random, and the same for all of their passkeys (§14.6.1). */
  readonly userHandle: string
  readonly signCount: number
  /** It verified its user when it was made: only then is its word for it relied on later. */
  readonly uvInitialized: boolean
  /** It can be copied to other devices: from then on it is as safe as the account that it is kept in. */
  readonly backupEligible: boolean
  readonly backupState: boolean
  readonly transports: readonly string[]
}

export const credentialOf = ({ credential }: Pick<Authenticator, 'credential'>): PasskeyCredential =>
  credential as PasskeyCredential

/** How options name the passkeys that are there (§5.8.3). */
export const descriptorsOf = (own: readonly Authenticator[]) =>
  own.flatMap((one) =>
    one.handle === null
      ? []
      : [{ type: 'public-key' as const, id: one.handle, transports: [...credentialOf(one).transports] }],
  )
