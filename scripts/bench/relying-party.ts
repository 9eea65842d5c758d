import { createHash, randomBytes } from 'node:crypto'
import type { Agent } from 'node:http'
import { browserOf, form } from './browser.ts'

export const client = { id: 'bench-rp', redirectUri: 'http://localhost:9/callback' } as const

export const newVerifier = (): string => randomBytes(32).toString('base64url')

export function authorizeUrl(issuer: string, verifier: string): string {
  const query = new URLSearchParams({
    client_id: client.id,
    response_type: 'code',
    scope: 'openid profile email',
    redirect_uri: client.redirectUri,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    nonce: newVerifier(),
    state: newVerifier(),
  })
  return `${issuer}/auth?${query}`
}

/** Redeems the code in a callback's address for an ID token. */
export async function redeem(issuer: string, agent: Agent, callback: string, verifier: string): Promise<string> {
  const code = new URL(callback).searchParams.get('code') ?? ''
  const token = { grant_type: 'authorization_code', code, redirect_uri: client.redirectUri, client_id: client.id }
  const { status, text } = await browserOf(agent)(`${issuer}/token`, form({ ...token, code_verifier: verifier }))
  const { id_token } = status === 200 ? JSON.parse(text) : {}
  if (!id_token) throw new Error(`No tokens: ${text}`)
  return id_token
}
