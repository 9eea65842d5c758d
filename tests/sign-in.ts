import * as oidc from 'openid-client'
import { evidenceKey } from '#server/sign-in/state.ts'
import type { Evidence } from '#shared/evidence.ts'
import type { View } from '#shared/wire/view.ts'
import { Browser, viewIn } from './browser.ts'
import type { TestServer } from './test-server.ts'

export type UnderWay = Extract<View, { uid: string }>

/** A view of a sign-in that is under way: it is not over, and nothing is wrong with what was sent. */
export function underWay(view: View): UnderWay {
  if (!('uid' in view)) throw new Error(`No sign-in is under way: ${JSON.stringify(view)}`)
  return view
}
export const underWayIn = async (response: Response): Promise<UnderWay> => underWay(await viewIn(response))

export interface Asked {
  readonly config: oidc.Configuration
  readonly url: string
  readonly redirectUri: string
  readonly checks: oidc.AuthorizationCodeGrantChecks
}

const secrets: Readonly<Record<string, oidc.ClientAuth>> = {
  lighthouse: oidc.ClientSecretBasic('a secret of the lighthouse alone'),
}

/** A relying party that nobody here wrote asks for a sign-in; one without an origin of its own is at the harbour. */
export async function ask(
  server: Pick<TestServer, 'issuer' | 'clients'>,
  client = 'harbour',
  extra: Record<string, string> = {},
): Promise<Asked> {
  const origins: Readonly<Record<string, string>> = { ...server.clients }
  const redirectUri = `${origins[client] ?? server.clients.harbour}/callback`
  const execute = [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks]
  const alg = { id_token_signed_response_alg: client === 'lighthouse' ? 'RS256' : 'ES256' }
  const config = await oidc.discovery(new URL(server.issuer), client, alg, secrets[client] ?? oidc.None(), { execute })
  const verifier = oidc.randomPKCECodeVerifier()
  const checks = { pkceCodeVerifier: verifier, expectedNonce: oidc.randomNonce(), expectedState: oidc.randomState() }
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid profile email groups',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    nonce: checks.expectedNonce,
    state: checks.expectedState,
    ...extra,
  })
  return { config, url: url.href, redirectUri, checks }
}

/** Opens the sign-in page: the view that it was rendered from. */
export async function arrive(browser: Browser, asked: Asked): Promise<{ page: string; view: UnderWay }> {
  const { url, response } = await browser.follow(asked.url)
  return { page: url, view: await underWayIn(response) }
}

export async function identify(browser: Browser, page: string, view: UnderWay, username: string): Promise<UnderWay> {
  return underWayIn(await browser.post(`${page}/identify`, { username, revision: view.revision }))
}

const answerTo = (view: UnderWay, answer: object) => {
  if (view.at !== 'answer') throw new Error(`No challenge is open: ${JSON.stringify(view)}`)
  return { challenge: view.challenge.id, revision: view.revision, answer }
}
export const answerOf = (view: UnderWay, password: string) => answerTo(view, { password })
export const codeAnswerOf = (view: UnderWay, code: string) => answerTo(view, { code })

/** Chooses a way to go on by its authenticator's name, or by its factor. */
export async function choose(browser: Browser, page: string, view: UnderWay, which: string): Promise<UnderWay> {
  const methods = view.at === 'choose' ? view.methods : []
  const method = methods.find(({ label, factor }) => label === which || factor === which)
  if (!method) throw new Error(`There is no ${which} to choose: ${JSON.stringify(view)}`)
  const { factor, authenticator } = method
  const chosen = { revision: view.revision, factor, ...(authenticator ? { authenticator } : {}) }
  return underWayIn(await browser.post(`${page}/challenge`, chosen))
}

/** One guess in a sign-in of its own, with these headers: what it is answered with. */
export async function guess(
  server: TestServer,
  username: string,
  password: string,
  headers: Record<string, string> = {},
): Promise<{ readonly status: number; readonly view: UnderWay; readonly code: string | null }> {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  const named = await identify(browser, page, view, username)
  const response = await browser.post(`${page}/answer`, answerOf(named, password), headers)
  const answered = await underWayIn(response)
  return { status: response.status, view: answered, code: answered.refusal?.code ?? null }
}

/** The whole way: where the browser is sent in the end, at the client. */
export async function signIn(
  browser: Browser,
  asked: Asked,
  person: { username: string; password: string },
): Promise<string> {
  const { page, view } = await arrive(browser, asked)
  const named = view.at === 'answer' ? view : await identify(browser, page, view, person.username)
  const done = await viewIn(await browser.post(`${page}/answer`, answerOf(named, person.password)))
  if (done.at !== 'done') throw new Error(`Not signed in: ${JSON.stringify(done)}`)
  return (await browser.follow(done.goTo)).url
}

export const redeem = (asked: Asked, url: string) =>
  oidc.authorizationCodeGrant(asked.config, new URL(url), asked.checks)

/** Signs in with a browser of its own and gives the tokens. */
export async function tokensFor(
  server: TestServer,
  person: { username: string; password: string },
  client = 'harbour',
) {
  const asked = await ask(server, client)
  return { asked, tokens: await redeem(asked, await signIn(new Browser(), asked, person)) }
}

/** The error that a client is given. */
export const errorIn = (url: string): string | null => new URL(url).searchParams.get('error')

/** Signs in as somebody whom the request is not for, and leaves by the page's exit: what the client is told. */
export async function refusedAfter(browser: Browser, asked: Asked, person: { username: string; password: string }) {
  const { page, view } = await arrive(browser, asked)
  const named = await identify(browser, page, view, person.username)
  const refused = await underWayIn(await browser.post(`${page}/answer`, answerOf(named, person.password)))
  const left = await underWayIn(await browser.post(`${page}/cancel`, { revision: refused.revision }))
  if (refused.at !== 'refused' || left.at !== 'done') throw new Error(`${refused.at}, ${left.at}`)
  return { why: refused.why, error: errorIn((await browser.follow(left.goTo)).url) }
}

/** What the log calls a sign-in, since its last restart. */
export async function loggedAs(server: TestServer, uid: string): Promise<string> {
  const kept = await server.app.context.store.documents.get('SignIn', uid)
  return evidenceKey(uid, { round: String(kept?.value.round) })
}

/** What was proven in a sign-in, since its last restart. */
export const provenBy = async (server: TestServer, { uid }: UnderWay): Promise<readonly Evidence[]> =>
  server.app.context.store.records.ofSignIn(await loggedAs(server, uid))

/** All that is written down of a sign-in, in order. */
export const trailOf = async (server: TestServer, { uid }: UnderWay) =>
  server.app.context.store.records.trail([await loggedAs(server, uid)])
