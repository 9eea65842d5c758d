import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { importJWK, type JWK } from 'jose'
import { OperatorError } from '../operator/operator-error.ts'
import { isLoopback } from '../settings/loopback.ts'
import { derive, keyIdOf, type StorageKeys } from './seal.ts'
import { Secret } from './secret.ts'
import { inForce, newKeys, type SigningKey, signingAlgorithms } from './signing.ts'

export interface Keys {
  /** A JWK Set with private keys of both signing algorithms. */
  readonly signing: { readonly keys: JWK[] }
  readonly storage: Secret<StorageKeys>
  /** Keys of cookies: the first key signs, and every key verifies. */
  readonly cookies: readonly string[]
}

const storageBytes = 32

interface Configured {
  readonly keys: { readonly signing: Secret<string>; readonly storage: Secret<string> } | null
}

/** The keys from the configuration; else made in the data folder, which only a loopback issuer may do. */
export async function keysFor(config: Configured, dataFolder: string, issuer: URL, now: Date): Promise<Keys> {
  const configured = await configuredKeys(config, issuer, now)
  if (configured) return configured
  const read = (name: string) => readFileSync(join(dataFolder, name), 'utf8').trim()
  const make = (name: string, text: string) => {
    const path = join(dataFolder, name)
    writeFileSync(path, `${text}\n`, { mode: 0o600, flag: 'wx' })
    chmodSync(path, 0o600)
  }
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  if (!existsSync(join(dataFolder, 'storage.key'))) make('storage.key', newStorageKey())
  if (!existsSync(join(dataFolder, 'signing.jwks.json')))
    make('signing.jwks.json', JSON.stringify({ keys: await newKeys() }))
  return keysOf(read('signing.jwks.json'), read('storage.key'), now)
}

/** The configured keys; null where they may be made. Throws {@link OperatorError} for missing or unusable keys. */
export async function configuredKeys({ keys }: Configured, issuer: URL, now: Date): Promise<Keys | null> {
  if (keys) return keysOf(keys.signing.reveal(), keys.storage.reveal(), now)
  if (isLoopback(issuer)) return null
  throw new OperatorError(`${issuer.origin} is not on loopback: keys.signing and keys.storage must be configured.`)
}

async function keysOf(signing: string, storage: string, now: Date): Promise<Keys> {
  const storageKeys = storageKeysIn(storage)
  const jwks = { keys: inForce(jwksIn(signing).keys, now.getTime() / 1000) }
  for (const alg of signingAlgorithms) {
    const jwk = jwks.keys.find((one) => one.alg === alg && one.d)
    if (!jwk) throw new OperatorError(`The signing keys hold no private key with "alg": "${alg}".`)
    await importJWK(jwk, alg).catch(() => {
      throw new OperatorError(`The ${alg} signing key is not a private JWK.`)
    })
  }
  const cookies = storageKeys.map((key) => derive(key, 'cookies').toString('base64url'))
  return { signing: jwks, storage: new Secret(storageKeys), cookies }
}

/** Reads storage keys: base64, one a line, the sealing key first. Throws {@link OperatorError} for anything else. */
export function storageKeysIn(text: string): StorageKeys {
  const [first, ...others] = text
    .split(/\s+/)
    .filter((line) => line !== '')
    .map((line) => Buffer.from(line, 'base64'))
  if (!first || [first, ...others].some(({ length }) => length !== storageBytes))
    throw new OperatorError(`The storage key must be ${storageBytes} bytes in base64; several of them, one a line.`)
  const ids = [first, ...others].map(keyIdOf)
  const twice = ids.find((id, at) => ids.indexOf(id) !== at)
  if (twice) throw new OperatorError(`The storage key ${twice} is there twice.`)
  return [first, ...others]
}

export const newStorageKey = (): string => randomBytes(storageBytes).toString('base64')

export function jwksIn(text: string): { keys: SigningKey[] } {
  try {
    const value: unknown = JSON.parse(text)
    if (value && typeof value === 'object' && 'keys' in value && Array.isArray(value.keys)) return { keys: value.keys }
  } catch {
    // Reported below: the parser's own message may quote the text, which must not appear in any message.
  }
  throw new OperatorError('The signing keys are not a JWK Set (RFC 7517 §5).')
}
