import type { Answer, EnrolmentAnswer, Prompt } from '#shared/factors/index.ts'
import { SoftPasskey } from './authenticator.ts'
import { testerFor } from './bench.ts'
import { Browser, viewIn } from './browser.ts'
import type { Clients } from './people/people.ts'
import { type Asked, arrive, ask, redeem, type UnderWay } from './sign-in.ts'
import type { TestServer } from './test-server.ts'

/** A passkey alone or a password; a password and then a passkey; a passkey that verified its user alone; one that need not. */
export const withPasskeys = ({ harbour, lighthouse, treasury }: Clients) => `
bench: { people: people.yaml }
attempts: { per_address_a_minute: 100000, free_failures: 50 }
policies:
  staff: { rules: [{ name: everyone, then: { primary: [passkey], secondary: [password] } }] }
  payroll: { rules: [{ name: everyone, then: { primary: [password, passkey] } }] }
  strict: { rules: [{ name: everyone, then: { primary: [{ passkey: { uv: required } }] } }] }
  lax: { rules: [{ name: everyone, then: { primary: [{ passkey: { uv: discouraged } }] } }] }
  gatehouse:
    rules: [{ name: everyone, then: { primary: [password, { passkey: { uv: required } }], enrol: inline } }]
clients:
  harbour: { client_name: Harbour Payroll, redirect_uris: ['${harbour}/callback'], policy: staff }
  lighthouse:
    client_name: Lighthouse Wiki
    redirect_uris: ['${lighthouse}/callback']
    client_secret: a secret of the lighthouse alone
    id_token_signed_response_alg: RS256
    policy: strict
  treasury: { client_name: Harbour Treasury, redirect_uris: ['${treasury}/callback'], policy: payroll }
  wharf: { client_name: Wharf, redirect_uris: ['${harbour}/callback'], policy: lax }
  gatehouse: { client_name: Gatehouse, redirect_uris: ['${harbour}/callback'], policy: gatehouse }
  bench: { client_name: Bench, redirect_uris: [/bench/callback], policy: staff }
`

/** Somebody is asked to make a passkey. */
export const beginPasskey = (server: TestServer, username: string) => testerFor(server, username).begin('passkey')

export const answerPasskey = (
  server: TestServer,
  username: string,
  asked: { readonly id: string; readonly revision: number },
  answer: EnrolmentAnswer<'passkey'>,
) => testerFor(server, username).answer(asked, answer)

/** Somebody gets a passkey; without more said, one of this house that verifies its user and stays on its device. */
export async function enrolPasskey(
  server: TestServer,
  username: string,
  made: Partial<ConstructorParameters<typeof SoftPasskey>[0]> = {},
): Promise<SoftPasskey> {
  const passkey = new SoftPasskey({ origin: server.issuer, ...made })
  const asked = await beginPasskey(server, username)
  const view = await answerPasskey(server, username, asked, passkey.make(asked.prompt))
  if (view.at !== 'made') throw new Error(`No passkey was made: ${JSON.stringify(view)}`)
  return passkey
}

/** What a view asks a passkey, beside the question who somebody is or as its step. */
export function passkeyAsked(view: UnderWay): { readonly id: string; readonly prompt: Prompt<'passkey'> } {
  const open = view.at === 'identify' ? view.usernameless[0] : view.at === 'answer' ? view.challenge : undefined
  if (open?.factor !== 'passkey') throw new Error(`No passkey is asked for: ${JSON.stringify(view)}`)
  return open
}

/** Sends it in answer to what is open. */
export const sendPasskey = (browser: Browser, page: string, view: UnderWay, answer: Answer<'passkey'>) =>
  browser.post(`${page}/answer`, { challenge: passkeyAsked(view).id, revision: view.revision, answer })

/** Somebody arrives, at whom nobody has looked yet. */
export async function atTheDoor(server: TestServer, client = 'harbour', extra: Record<string, string> = {}) {
  const [browser, asked] = [new Browser(), await ask(server, client, extra)]
  const { page, view } = await arrive(browser, asked)
  return { browser, asked, page, view }
}

/** What the client's token says at the end. */
export async function claimsAfter(browser: Browser, asked: Asked, response: Response) {
  const done = await viewIn(response)
  if (done.at !== 'done') throw new Error(`Not signed in: ${JSON.stringify(done)}`)
  return claimsIn(asked, (await browser.follow(done.goTo)).url)
}

/** What the token says that comes for where the browser was sent. */
export const claimsIn = async (asked: Asked, url: string) => (await redeem(asked, url)).claims()
