import { errors, type KoaContextWithOIDC } from 'oidc-provider'

const kibibyte = 1024
/**
 * Bytes of single parameters. Real clients send states of several thousand characters; a nonce is a random value, or a
 * hash of one.
 */
const longest: Readonly<Record<string, number>> = { state: 8 * kibibyte, nonce: kibibyte }
/** Bytes of all parameters together, kept for an hour: no more than a GET can bring (Node's 16 KiB of headers). */
const longestInAll = 16 * kibibyte

const bytesOf = (value: unknown) => Buffer.byteLength(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

function boundOf(name: string, most: number) {
  return ({ oidc }: KoaContextWithOIDC, value: unknown): void => {
    if (bytesOf(value) > most) throw new errors.InvalidRequest(`${name} has ${most} bytes at most`)
    const all = Object.values(oidc.params ?? {}).reduce<number>((sum, one) => sum + bytesOf(one), 0)
    if (all > longestInAll) throw new errors.InvalidRequest(`the parameters have ${longestInAll} bytes at most`)
  }
}

/** Checks the size of an authorization request, also a pushed one, before it is kept. Throws `invalid_request`. */
export const parameterBounds = Object.fromEntries(
  Object.entries(longest).map(([name, most]) => [name, boundOf(name, most)]),
)
