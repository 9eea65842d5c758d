import { digitsIn, patternIn } from '#server/factors/grid/pattern.ts'
import type { BuiltFactor } from '#shared/factors/index.ts'
import { type App, codeOf } from './app.ts'
import type { SoftPasskey } from './authenticator.ts'
import type { Browser } from './browser.ts'
import { lastCode } from './phones.ts'
import { type Asked, identify, type UnderWay, underWayIn } from './sign-in.ts'
import type { BenchCard } from './smartcard/bench-card.ts'
import { returnedIn, show } from './smartcard/card-server.ts'
import type { TestServer } from './test-server.ts'

/** Somebody who can answer with everything that they carry. */
export interface Carrier {
  readonly username: string
  readonly password: string
  readonly apps: readonly App[]
  readonly token?: App
  readonly pattern?: string
  readonly passkey?: SoftPasskey
  readonly card?: BenchCard
}
type Means = (
  server: TestServer,
  person: Carrier,
  view: Extract<UnderWay, { at: 'answer' }>,
) => object | Promise<object>

/** How an answer is made, by factor: a factor that is built and stands here is in every test over all factors. */
export const means: Readonly<Partial<Record<BuiltFactor, Means>>> = {
  password: (_house, { password }) => ({ password }),
  totp: (server, { apps: [app] }) => ({ code: app ? codeOf(server, app) : '' }),
  token: (server, { token }) => ({ code: token ? codeOf(server, token) : '' }),
  sms: (server) => ({ code: lastCode(server) }),
  grid: (_house, { pattern = '' }, { challenge }) => ({
    digits: challenge.factor === 'grid' ? digitsIn(challenge.prompt.rows, patternIn(pattern) ?? []) : '',
  }),
  passkey: (_house, { passkey }, { challenge }) =>
    challenge.factor === 'passkey' && passkey ? passkey.sign(challenge.prompt) : {},
  smartcard: async (_house, { card }, { challenge: { answerUrl: door } }) =>
    card && door ? { returned: returnedIn((await show(card, door, card)).location) } : {},
}

/**
 * Goes through a sign-in with these factors and no others, in whatever order they are asked for: where the browser is
 * sent in the end, or the view at which there is nothing to answer with.
 */
export async function passWith(
  server: TestServer,
  browser: Browser,
  asked: Pick<Asked, 'url'>,
  person: Carrier,
  uses: readonly BuiltFactor[],
): Promise<string | UnderWay> {
  const { url, response } = await browser.follow(asked.url)
  if (!url.startsWith(server.issuer)) return url
  const view = await underWayIn(response)
  const first = view.at === 'identify' ? await identify(browser, url, view, person.username) : view
  return goOn(server, browser, url, first, person, uses)
}

async function goOn(
  server: TestServer,
  browser: Browser,
  page: string,
  view: UnderWay,
  person: Carrier,
  uses: readonly BuiltFactor[],
): Promise<string | UnderWay> {
  if (view.at === 'done') return (await browser.follow(view.goTo)).url
  const { revision } = view
  const act = async (action: string, body: object) =>
    goOn(server, browser, page, await underWayIn(await browser.post(`${page}/${action}`, body)), person, uses)
  if (view.at === 'choose') {
    // Of several of one factor, the one that is answered with.
    const others = person.apps.slice(1).map(({ label }) => label)
    const method = view.methods.find(({ factor, label }) => uses.includes(factor) && !others.includes(label ?? ''))
    const { factor, authenticator } = method ?? {}
    return factor ? act('challenge', { revision, factor, ...(authenticator ? { authenticator } : {}) }) : view
  }
  if (view.at !== 'answer' || view.refusal) return view
  const { id, factor } = view.challenge
  const answer = uses.includes(factor) ? await means[factor]?.(server, person, view) : undefined
  if (answer) return act('answer', { challenge: id, revision, answer })
  return view.canChoose ? act('challenge', { revision }) : view
}
