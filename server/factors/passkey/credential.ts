import type { Authenticator } from '../../store/store.ts'

/** The stored data of a passkey: a credential record (WebAuthn Level 3 §4). Its id is the authenticator's handle. */
export interface PasskeyCredential {
  /** COSE_Key (RFC 9052 §7) in base64url, its algorithm included. */
  readonly publicKey: string
  /** The account's user handle: random, and the same for all of the account's passkeys (§14.6.1). */
  readonly userHandle: string
  readonly signCount: number
  /** Whether the authenticator verified its user at registration: only then does later verification count. */
  readonly uvInitialized: boolean
  /** Whether the credential can be copied to other devices, and so is as safe as its password manager's account. */
  readonly backupEligible: boolean
  readonly backupState: boolean
  readonly transports: readonly string[]
}

export const credentialOf = ({ credential }: Pick<Authenticator, 'credential'>): PasskeyCredential =>
  credential as PasskeyCredential

/** Credential descriptors of authenticators, for options (§5.8.3). */
export const descriptorsOf = (own: readonly Authenticator[]) =>
  own.flatMap((one) =>
    one.handle === null
      ? []
      : [{ type: 'public-key' as const, id: one.handle, transports: [...credentialOf(one).transports] }],
  )
