import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { OperatorError } from '../operator/operator-error.ts'

/** Every one of them signs for some client. */
export const signingAlgorithms = ['ES256', 'RS256'] as const

/** A signing key, and when it signs: instants in epoch seconds, as other members of a JWK may stand beside it (RFC 7517 §4). */
export interface SigningKey extends JWK {
  /** It signs from then on, until a later one does; from the beginning without it. */
  readonly from?: number
  /** Nothing that it signed is good any more. */
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

/** Those that something good may have been signed with: the one before the one that signs went on until a restart. */
function keptOf(keys: readonly SigningKey[], nowSeconds: number): SigningKey[] {
  const before = signingAlgorithms.map((alg) => {
    const begun = keys.filter((key) => isOf(alg)(key) && startOf(key, nowSeconds) >= 0)
    return begun.toSorted((a, b) => startOf(b, nowSeconds) - startOf(a, nowSeconds))[1]
  })
  return keys.filter((key) => nowSeconds < (key.until ?? Number.POSITIVE_INFINITY) || before.includes(key))
}

/** As the engine has them at an instant: the one that signs first, those that are to come or to go after it, and no others. */
export const inForce = (keys: readonly SigningKey[], nowSeconds: number): JWK[] =>
  keptOf(keys, nowSeconds)
    .sort((a, b) => startOf(b, nowSeconds) - startOf(a, nowSeconds))
    .map(({ from: _, until: __, ...jwk }) => jwk)

/** With new ones that are published now and sign later; what signs until then is kept for as long as its tokens live. */
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
