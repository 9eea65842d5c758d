import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'

/**
 * Signs the engine's cookies, newest key first: HMAC-SHA-256, compared in constant time. The engine's own signer
 * (Keygrip) makes three HMACs and a random key for each cookie that it reads.
 */
export function cookieSigner(keys: readonly string[]) {
  const secrets = keys.map((key) => createSecretKey(key, 'utf8'))
  const signatures = (data: string) => secrets.map((key) => createHmac('sha256', key).update(data).digest('base64url'))
  /** The index of the key that made a signature; -1 for none. Compared as text: a signature has one spelling. */
  const index = (data: string, signature: string) => {
    const given = Buffer.from(signature)
    return signatures(data)
      .map((one) => Buffer.from(one))
      .findIndex((one) => one.length === given.length && timingSafeEqual(one, given))
  }
  return {
    index,
    verify: (data: string, signature: string) => index(data, signature) >= 0,
    sign: (data: string) => signatures(data)[0] ?? '',
  }
}
