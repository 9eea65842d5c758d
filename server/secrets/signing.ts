import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { OperatorError } from '../operator/operator-error.ts'

/** The signing algorithms that clients may choose from; a key set has a key for each. */
export const signingAlgorithms = ['ES256', 'RS256'] as const

/** A signing key and its period, in epoch seconds. RFC 7517 §4 allows such additional members in a JWK. */
export interface SigningKey extends JWK {
  /** When the key begins to sign, until a later key does; without it, from the beginning. */
  readonly from?: number
  /** When everything that the key signed has expired. */
  readonly until?: number
}

const isOf = (alg: string) => (key: SigningKey) => key.alg === alg && key.d !== undefined

export const newKeys = (): Promise<SigningKey[]> =>
  Promise.all(
    signingAlgorithms.map(async (alg) => {
      const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 })
      const jwk = await exportJWK(privateKey)
      return { ...jwk, alg, use: 'sig', kid: await calculateJwkThumbprint(jwk) }
    }),
  )

const startOf = ({ from = 0 }: SigningKey, nowSeconds: number) => (from <= nowSeconds ? from : -1)

/**
 * The keys that valid tokens may have been signed with: those without a past `until`, and the predecessor of each
 * signing key, which a server that was not restarted went on using.
 */
function keptOf(keys: readonly SigningKey[], nowSeconds: number): SigningKey[] {
  const before = signingAlgorithms.map((alg) => {
    const begun = keys.filter((key) => isOf(alg)(key) && startOf(key, nowSeconds) >= 0)
    return begun.toSorted((a, b) => startOf(b, nowSeconds) - startOf(a, nowSeconds))[1]
  })
  return keys.filter((key) => nowSeconds < (key.until ?? Number.POSITIVE_INFINITY) || before.includes(key))
}

/** The key set for the engine at an instant: the signing keys first, then keys to come and keys still needed. */
export const inForce = (keys: readonly SigningKey[], nowSeconds: number): JWK[] =>
  keptOf(keys, nowSeconds)
    .sort((a, b) => startOf(b, nowSeconds) - startOf(a, nowSeconds))
    .map(({ from: _, until: __, ...jwk }) => jwk)

/** The keys with new ones, published now and signing later; the present keys stay for as long as their tokens live. */
export async function rotated(
  keys: readonly SigningKey[],
  nowSeconds: number,
  aheadSeconds: number,
  tokenSeconds: number,
): Promise<readonly SigningKey[]> {
  const next = keys.find(({ from = 0 }) => from > nowSeconds)
  if (next?.from)
    throw new OperatorError(
      `The next keys are there already, and sign from ${new Date(next.from * 1000).toISOString()}.`,
    )
  const from = nowSeconds + aheadSeconds
  const going = keptOf(keys, nowSeconds).map((key) =>
    signingAlgorithms.some((alg) => isOf(alg)(key)) ? { ...key, until: key.until ?? from + tokenSeconds } : key,
  )
  return [...going, ...(await newKeys()).map((key) => ({ ...key, from }))]
}
