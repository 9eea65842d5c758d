import { describe, expect, test } from 'vitest'
import { wordsFor } from '#shared/amr/dialect.ts'
import { type AuthorizationRequest, requestFrom } from '#shared/authorization-request.ts'
import type { Evidence } from '#shared/evidence.ts'
import type { BuiltFactor } from '#shared/factors/index.ts'
import { traitsOf } from '#shared/factors/table.ts'
import type { Facts } from '#shared/policy/engine/facts.ts'
import { next } from '#shared/policy/engine/next.ts'
import { nextStep } from '../app.ts'
import { Browser } from '../browser.ts'
import { rounds } from '../exhaustive.ts'
import { means, passWith } from '../means.ts'
import { enrolPasskey } from '../passkey.ts'
import { grace } from '../people/people.ts'
import { type Asked, ask, errorIn, identify, redeem, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// Every door judges alike: what is asked and what comes back, for every session, request and prompt, is what the pure
// engine says of the same evidence. Every third row in every suite, in which each value of a column stands beside each of
// every other one; all of them in `npm run test:all`.

const server = await serverForAll(
  ({ harbour }) => `bench: { people: people.yaml }
attempts: { per_address_a_minute: 100000 }
policies:
  vault:
    reuse: { password: 10m, totp: 5m }
    rules: [{ name: everyone, then: { primary: [password], secondary: [password, totp] } }]
  keyed: { rules: [{ name: everyone, then: { primary: [passkey], secondary: [password, totp] } }] }
  both: { reuse: { password: 10m, totp: 5m }, rules: [{ name: everyone, then: { primary: [password, totp] } }] }
clients:
  both: { client_name: Both, redirect_uris: ['${harbour}/callback'], policy: both }
  keyed: { client_name: Keyed, redirect_uris: ['${harbour}/callback'], policy: keyed }
  vault: { client_name: Vault, redirect_uris: ['${harbour}/callback'], policy: vault }
  lax: { client_name: Lax, redirect_uris: ['${harbour}/callback'], policy: vault, acr: voluntary }
`,
)
const minuteMs = 60_000
const carrier = { ...grace, passkey: await enrolPasskey(server, grace.username) }
const [aal1, mfa, totp] = ['urn:sallyport:acr:aal1', 'urn:sallyport:acr:mfa', 'urn:sallyport:acr:totp']
const essential = (acr: object) => JSON.stringify({ id_token: { acr: { essential: true, ...acr } } })

/** What was proven in the session, how long ago, and which acr values are given by what still counts of it. */
const sessions = {
  'no session': null,
  'a password': { uses: ['password'], agoMs: 2 * minuteMs, gives: [aal1] },
  'a password and a code': { uses: ['password', 'totp'], agoMs: 2 * minuteMs, gives: [aal1, mfa, totp] },
  'a code that counts no more': { uses: ['password', 'totp'], agoMs: 6 * minuteMs, gives: [aal1] },
  'a passkey': { uses: ['passkey'], agoMs: 2 * minuteMs, gives: [aal1, mfa] },
  'nothing that counts': { uses: ['password', 'totp'], agoMs: 11 * minuteMs, gives: [] },
} as const satisfies Record<string, { uses: readonly BuiltFactor[]; agoMs: number; gives: readonly string[] } | null>
const requests = {
  'no acr': {},
  'a filter': { acr_values: totp },
  'a level': { acr_values: mfa },
  'an essential acr': { claims: essential({ value: mfa }), acr_values: aal1 },
  'an essential one of several': { claims: essential({ values: ['urn:nobody:knows', aal1] }) },
  'an unknown acr': { acr_values: 'urn:nobody:knows' },
  'several acr': { acr_values: `urn:nobody:knows ${mfa} ${aal1}` },
} as const
const prompts = { 'no prompt': {}, none: { prompt: 'none' }, login: { prompt: 'login' }, max_age: { max_age: '60' } }

const terms = (client: string) => {
  const found = server.app.context.config.clients.get(client)
  if (!found) throw new Error(client)
  return found.clientRules
}
const account = async () => (await server.app.context.store.people.byName('grace'))?.id ?? ''
const enrolled = async () => server.app.context.store.authenticators.listAll(await account())

async function proof(factor: BuiltFactor, current: boolean, at: number): Promise<Evidence> {
  const [authenticator] = (await enrolled()).filter((one) => one.factor === factor)
  const [potential] = traitsOf(factor).potential
  if (!authenticator || !potential) throw new Error(factor)
  return {
    ...potential,
    id: `${factor} ${at}`,
    account: await account(),
    factor,
    authenticator: authenticator.id,
    at,
    current,
  }
}

/** A browser with such a session, made at a door that asks for all of it, and the evidence in it as the engine has it. */
async function sessionOf(kind: keyof typeof sessions) {
  const browser = new Browser()
  const made = sessions[kind]
  if (!made) return { browser, evidence: [] }
  nextStep(server)
  const acr = made.uses.length > 1 ? { acr_values: mfa } : {}
  const client = kind === 'a passkey' ? 'keyed' : 'vault'
  await passWith(server, browser, await ask(server, client, acr), carrier, made.uses)
  server.clock.aheadMs += made.agoMs
  const at = Date.now() + server.clock.aheadMs - made.agoMs
  return { browser, evidence: await Promise.all(made.uses.map((factor) => proof(factor, false, at))) }
}

const nowIn = () => Date.now() + server.clock.aheadMs
const factsOf = async (evidence: readonly Evidence[], named: boolean): Promise<Facts> => ({
  named,
  account: named ? await account() : null,
  groups: ['staff'],
  enrolled: evidence.length > 0 ? await enrolled() : null,
  appliedSince: {},
  address: '127.0.0.1',
  browser: null,
  evidence,
  now: nowIn(),
})

const unmet = 'unmet_authentication_requirements'

/** What the pure engine says should happen at the door. */
function expected(client: string, asked: AuthorizationRequest, facts: Facts) {
  const decision = next(terms(client), asked, facts)
  if (decision.is === 'done') return { acr: decision.acr, amr: wordsFor(terms(client).dialect, decision.evidence) }
  if (decision.is === 'refuse') return { error: unmet }
  return { asks: decision.is === 'answer' ? decision.offers.map(({ factor }) => factor) : decision.is }
}

/**
 * What should happen where nobody may be asked: an answer; at a client that only wishes, the one that it gets without;
 * else `login_required` without a session or with a stale one, and `unmet_authentication_requirements` where what counts
 * gives nothing of what is asked for.
 */
function silent(kind: keyof typeof sessions, client: string, asked: AuthorizationRequest, facts: Facts) {
  const isWish = client === 'lax' && asked.essentialAcr === null
  const [met, plain] = [expected(client, asked, facts), expected(client, { ...asked, acrValues: [] }, facts)]
  if (!('asks' in met)) return met
  if (isWish && !('asks' in plain)) return plain
  const gives: readonly string[] = sessions[kind]?.gives ?? []
  const wanted = asked.essentialAcr ?? asked.acrValues
  const isMissing = !isWish && gives.length > 0 && wanted.length > 0 && !wanted.some((one) => gives.includes(one))
  return { error: isMissing ? unmet : 'login_required' }
}

/** What does happen there: what is said, or what is asked and where. */
async function seen(browser: Browser, asked: Asked) {
  const { url, response } = await browser.follow(asked.url)
  if (!url.startsWith(server.issuer)) return said(asked, url)
  const view = await underWayIn(response)
  return { page: url, view, asks: view.at === 'answer' ? view.challenge.factor : view.at }
}

async function said(asked: Asked, url: string) {
  const error = errorIn(url)
  if (error) return { error }
  const claims = (await redeem(asked, url)).claims()
  return { acr: claims?.acr, amr: claims?.amr }
}

const places = { session: Object.keys(sessions), request: Object.keys(requests), prompt: Object.keys(prompts) }
const everyRows = rounds(3, 1)

describe.each(Object.keys(sessions) as (keyof typeof sessions)[])('%s', (kind) => {
  describe.each(Object.keys(requests) as (keyof typeof requests)[])('%s', (acr) => {
    const clients = [kind === 'a passkey' ? 'keyed' : 'vault', 'lax']
    test.each(
      Object.entries(prompts).flatMap(([prompt, extra]) =>
        // Where both are steps of the policy, a session can lack a step and the acr at once.
        [...clients, ...(prompt === 'none' ? ['both'] : [])].flatMap((client, at) =>
          (places.session.indexOf(kind) + places.request.indexOf(acr) + places.prompt.indexOf(prompt) + at) %
            everyRows ===
          0
            ? [[prompt, client, { ...requests[acr], ...extra }] as const]
            : [],
        ),
      ),
    )('%s at %s', async (_prompt, client, parameters) => {
      const { browser, evidence } = await sessionOf(kind)
      const asked = await ask(server, client, parameters)
      const request = requestFrom(client, parameters, null)
      let facts = await factsOf(evidence, evidence.length > 0)
      const first = await seen(browser, asked)
      const door = request.silent ? silent(kind, client, request, facts) : expected(client, request, facts)
      if (!('view' in first)) return expect(first).toEqual(door)
      expect([door.asks ?? door].flat()).toContain(first.asks)

      let view =
        first.view.at === 'identify' ? await identify(browser, first.page, first.view, grace.username) : first.view
      while (view.at === 'answer') {
        facts = await factsOf(facts.evidence, true)
        const { factor } = view.challenge
        expect(expected(client, request, facts).asks).toContain(factor)
        if (factor === 'totp') nextStep(server)
        const { revision, challenge } = view
        const answer = { revision, challenge: challenge.id, answer: means[factor]?.(server, carrier, view) }
        view = await underWayIn(await browser.post(`${first.page}/answer`, answer))
        const now = await proof(factor, true, nowIn())
        facts = await factsOf([...facts.evidence, now], true)
      }
      if (view.at !== 'done') throw new Error(`${view.at}: ${JSON.stringify(view.refusal)}`)
      expect(await said(asked, (await browser.follow(view.goTo)).url)).toEqual(expected(client, request, facts))
    })
  })
})
