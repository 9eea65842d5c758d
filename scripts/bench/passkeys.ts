import { createHash, generateKeyPairSync } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'
import type { Challenge } from '../../shared/wire/view.ts'
import { coseOf, SoftPasskey } from '../../tests/authenticator.ts'
import type { Answering, Enrolled } from './answering.ts'

/** The key of all passkeys, made once a run; ids differ. Signature counters stay zero, as with most passkeys. */
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const publicKey = Buffer.from(isoCBOR.encode(coseOf(key))).toString('base64url')
const idOf = (username: string) => createHash('sha256').update(username).digest('base64url')

export const passkeyOf = (username: string): Enrolled => ({
  factor: 'passkey',
  handle: idOf(username),
  credential: {
    publicKey,
    userHandle: idOf(username),
    signCount: 0,
    uvInitialized: true,
    backupEligible: true,
    backupState: true,
    transports: ['internal'],
  },
})

export function assertionBy(challenge: Challenge, { username, issuer }: Answering): object {
  if (challenge.factor !== 'passkey') throw new Error(`No passkey answers ${challenge.factor}.`)
  const passkey = new SoftPasskey({ origin: issuer, synced: true, id: idOf(username), key })
  passkey.userHandle = idOf(username)
  return passkey.sign(challenge.prompt)
}
