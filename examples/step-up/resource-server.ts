import type { RequestListener } from 'node:http'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'

/** What an address of this API asks of the sign-in behind a token. */
export interface Needs {
  /** In order of preference; one of them. */
  readonly acrValues: readonly string[]
  readonly maxAgeSeconds: number
}

interface Settings {
  readonly issuer: string
  readonly audience: string
  readonly needs: Needs
  readonly now?: () => number
}

/** An API that believes access tokens by themselves (RFC 9068), and asks for a stronger sign-in where one is too weak or too old (RFC 9470). */
export function resourceServer({ issuer, audience, needs, now = Date.now }: Settings): RequestListener {
  const keys = createRemoteJWKSet(new URL('/jwks', issuer))
  const verified = async (token: string): Promise<JWTPayload | null> =>
    jwtVerify(token, keys, { issuer, audience, typ: 'at+jwt' }).then(
      ({ payload }) => payload,
      () => null,
    )
  const isEnough = ({ acr, auth_time: at }: JWTPayload) =>
    needs.acrValues.includes(String(acr)) && now() / 1000 - Number(at) <= needs.maxAgeSeconds

  return async (req, res) => {
    const token = /^Bearer (\S+)$/.exec(req.headers.authorization ?? '')?.[1]
    const payload = token ? await verified(token) : null
    const refuse = (challenge: string) => void res.writeHead(401, { 'WWW-Authenticate': `Bearer ${challenge}` }).end()
    if (!payload) return refuse('error="invalid_token"')
    if (!isEnough(payload))
      return refuse(
        `error="insufficient_user_authentication", error_description="A stronger or more recent sign-in is needed", ` +
          `acr_values="${needs.acrValues.join(' ')}", max_age="${needs.maxAgeSeconds}"`,
      )
    res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ paid: true, amr: payload.amr }))
  }
}
