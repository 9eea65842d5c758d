import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'
import type { Answer, EnrolmentAnswer, EnrolmentPrompt, Prompt } from '#shared/factors/index.ts'

export const flag = { up: 1, uv: 4, be: 8, bs: 16, at: 64, ed: 128 } as const
const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest()
const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
const bytesOf = (text: string | undefined) => Buffer.from(text ?? '', 'base64url')

const keyPairs = {
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
} as const
const hashes = { ES256: 'sha256', ES384: 'sha384', ES512: 'sha512', EdDSA: null, RS256: 'sha256' } as const
/** COSE algorithm and curve (RFC 9053 §2.1, §7.1). */
const curves: Readonly<Record<string, readonly [number, number]>> = {
  'P-256': [-7, 1],
  'P-384': [-35, 2],
  'P-521': [-36, 3],
}
type Algorithm = keyof typeof keyPairs
type Key = ReturnType<(typeof keyPairs)[Algorithm]>
export type Cose = Map<number, number | Uint8Array>

/** COSE_Key (RFC 9052 §7, RFC 9053 §7, RFC 8230 §4). */
export function coseOf({ publicKey }: Key): Cose {
  const { kty, crv = '', x, y, n, e } = publicKey.export({ format: 'jwk' })
  const [alg = 0, curve = 0] = curves[crv] ?? []
  if (kty === 'EC') return new Map<number, number | Uint8Array>([[1, 2], [3, alg], [-1, curve], [-2, bytesOf(x)], [-3, bytesOf(y)]]) // biome-ignore format: one line a key
  if (kty === 'OKP') return new Map<number, number | Uint8Array>([[1, 1], [3, -8], [-1, 6], [-2, bytesOf(x)]]) // biome-ignore format: one line a key
  return new Map<number, number | Uint8Array>([[1, 3], [3, -257], [-1, bytesOf(n)], [-2, bytesOf(e)]]) // biome-ignore format: one line a key
}

/** What is put in place of what a good authenticator, or the browser around it, would say; before it is signed. */
export interface Changes {
  readonly clientData?: Readonly<Record<string, unknown>>
  /** The client data as text, as it is sent. */
  readonly clientDataText?: (text: string) => string
  readonly rpId?: string
  readonly flags?: number
  readonly counter?: number
  readonly extensions?: Uint8Array
  readonly authData?: (bytes: Buffer) => Buffer
  /** After it is signed. */
  readonly signature?: (bytes: Buffer) => Buffer
}

interface Made {
  readonly origin: string
  readonly algorithm?: Algorithm
  /** It can be copied to other devices. */
  readonly synced?: boolean
  readonly verifies?: boolean
  readonly transport?: 'internal' | 'usb'
  /** Zero: it counts nothing. */
  readonly counter?: number
  /** An id and a key that it has already. */
  readonly id?: string
  readonly key?: Key
}

/** One passkey with a key of its own, and the browser around it, in software. */
export class SoftPasskey {
  readonly id: string
  readonly key: Key
  readonly #made: Made
  counter: number
  userHandle: string | undefined

  constructor(made: Made) {
    this.#made = made
    this.id = made.id ?? base64url(randomBytes(32))
    this.key = made.key ?? keyPairs[made.algorithm ?? 'ES256']()
    this.counter = made.counter ?? 0
  }

  /** For a virtual authenticator (Chromium's WebAuthn domain): the same key in a real browser. */
  get exported() {
    const privateKey = this.key.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')
    const userHandle = Buffer.from(this.userHandle ?? '', 'base64url').toString('base64')
    const credentialId = Buffer.from(this.id, 'base64url').toString('base64')
    return { credentialId, privateKey, userHandle, signCount: this.counter } as const
  }

  get flags(): number {
    const { synced, verifies = true } = this.#made
    return flag.up | (verifies ? flag.uv : 0) | (synced ? flag.be | flag.bs : 0)
  }

  /** Answers the options of an enrolment (`navigator.credentials.create`). */
  make(
    prompt: EnrolmentPrompt<'passkey'>,
    { cose = coseOf(this.key), attest, ...changes }: Changes & { cose?: Cose; attest?: Attest } = {},
  ): EnrolmentAnswer<'passkey'> {
    this.userHandle = prompt.user.id
    const clientDataJSON = this.#clientData('webauthn.create', prompt.challenge, changes)
    const id = bytesOf(this.id)
    const length = Buffer.from([id.length >> 8, id.length & 255])
    const attested = Buffer.concat([Buffer.alloc(16), length, id, isoCBOR.encode(cose)])
    const authData = this.#authData(prompt.rp.id, flag.at, attested, changes)
    const { fmt, attStmt, after } = attest?.(Buffer.concat([authData, sha256(clientDataJSON)])) ?? none
    const object = new Map<string, unknown>([
      ['fmt', fmt],
      ['attStmt', attStmt],
      ['authData', new Uint8Array(authData)],
    ])
    const attestationObject = base64url(Buffer.concat([isoCBOR.encode(object as never), after ?? Buffer.alloc(0)]))
    const response = {
      clientDataJSON: base64url(clientDataJSON),
      attestationObject,
      transports: [this.#made.transport ?? 'internal'],
    }
    return { id: this.id, rawId: this.id, type: 'public-key', response }
  }

  /** Answers the options of a sign-in (`navigator.credentials.get`). */
  sign({ challenge, rpId }: Pick<Prompt<'passkey'>, 'challenge' | 'rpId'>, changes: Changes = {}): Answer<'passkey'> {
    if (this.counter > 0) this.counter += 1
    const clientDataJSON = this.#clientData('webauthn.get', challenge, changes)
    const authenticatorData = this.#authData(rpId, 0, Buffer.alloc(0), changes)
    const signature = this.signatureOf(Buffer.concat([authenticatorData, sha256(clientDataJSON)]))
    const response = {
      clientDataJSON: base64url(clientDataJSON),
      authenticatorData: base64url(authenticatorData),
      signature: base64url(changes.signature?.(signature) ?? signature),
      ...(this.userHandle === undefined ? {} : { userHandle: this.userHandle }),
    }
    return { id: this.id, rawId: this.id, type: 'public-key', response }
  }

  signatureOf(bytes: Buffer): Buffer {
    return sign(hashes[this.#made.algorithm ?? 'ES256'], bytes, this.key.privateKey)
  }

  #clientData(type: string, challenge: string, { clientData, clientDataText }: Changes): Buffer {
    const data = { type, challenge, origin: this.#made.origin, crossOrigin: false, ...clientData }
    const text = JSON.stringify(data)
    return Buffer.from(clientDataText?.(text) ?? text)
  }

  #authData(rpId: string, more: number, attested: Buffer, changes: Changes): Buffer {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(changes.counter ?? this.counter)
    const flags = Buffer.from([(changes.flags ?? this.flags) | more | (changes.extensions ? flag.ed : 0)])
    const parts = [sha256(changes.rpId ?? rpId), flags, counter, attested, changes.extensions ?? Buffer.alloc(0)]
    const whole = Buffer.concat(parts)
    return changes.authData?.(whole) ?? whole
  }
}

interface Attestation {
  readonly fmt: string
  readonly attStmt: Map<string, unknown>
  /** What follows the object. */
  readonly after?: Buffer
}
/** An attestation of what is to be signed; none by default. */
export type Attest = (signed: Buffer) => Attestation
const none: Attestation = { fmt: 'none', attStmt: new Map() }
