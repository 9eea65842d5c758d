import type * as oidc from 'openid-client'
import { expect } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { ada, type Clients } from '../people/people.ts'
import { type Asked, ask, errorIn, redeem, signIn } from '../sign-in.ts'
import type { TestServer } from '../test-server.ts'

/** A client that shows its secret in a header, and one that posts it. */
export const lighthouseAndPoster = ({ lighthouse, harbour }: Clients) => `bench: { people: people.yaml }
policies: { staff: { rules: [{ name: everyone, then: { primary: [password] } }] } }
clients:
  lighthouse:
    client_name: Lighthouse
    redirect_uris: ['${lighthouse}/callback', '${lighthouse}/other']
    client_secret: a secret of the lighthouse alone
    id_token_signed_response_alg: RS256
    policy: staff
  poster:
    client_name: Poster
    redirect_uris: ['${harbour}/callback']
    client_secret: a secret of the lighthouse alone
    token_endpoint_auth_method: client_secret_post
    policy: staff
`

/** What the first of them does, as the suite's modules do it. */
export function partyOf(server: TestServer) {
  const request = (extra: Record<string, string> = {}) => ask(server, 'lighthouse', extra)
  const metadata = async () => (await fetch(`${server.issuer}/.well-known/openid-configuration`)).json()
  /** A sign-in that must succeed. */
  async function succeeds(extra: Record<string, string> = {}, browser = new Browser()) {
    const asked = await request(extra)
    const tokens = await redeem(asked, await signIn(browser, asked, ada))
    return { asked, tokens, claims: tokens.claims() ?? ({} as oidc.IDToken), browser }
  }
  /** In the same browser: without a question. */
  async function again(browser: Browser, extra: Record<string, string> = {}) {
    const asked = await request(extra)
    return (await redeem(asked, (await browser.follow(asked.url)).url)).claims() ?? ({} as oidc.IDToken)
  }
  /** What is shown, where nothing may be redirected; or the error that the client is told. */
  async function refusedAt(url: string, browser = new Browser()) {
    const end = await browser.follow(url)
    return end.url.startsWith(server.issuer) ? (await viewIn(end.response)).at : errorIn(end.url)
  }
  const userinfo = async (init: (token: string) => RequestInit, extra: Record<string, string> = {}) => {
    const { tokens, claims } = await succeeds(extra)
    const { userinfo_endpoint: endpoint } = await metadata()
    const response = await fetch(endpoint, init(tokens.access_token))
    expect(response.status).toBe(200)
    const said = await response.json()
    expect(said.sub).toBe(claims.sub)
    return said
  }
  return { request, metadata, succeeds, again, refusedAt, userinfo }
}

export const changed = ({ url }: Asked, change: (parameters: URLSearchParams) => void) => {
  const changing = new URL(url)
  change(changing.searchParams)
  return changing.href
}
export const bearer = (authorization: string) => ({ headers: { authorization: `Bearer ${authorization}` } })
export const unsigned = (claims: object) =>
  `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`
