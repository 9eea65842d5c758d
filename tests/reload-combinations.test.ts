import { createHash, randomBytes } from 'node:crypto'
import { decodeJwt } from 'jose'
import { expect, test } from 'vitest'
import { Browser, viewIn } from './browser.ts'
import { rounds } from './exhaustive.ts'
import { type Carrier, means, passWith } from './means.ts'
import type { Clients } from './people/people.ts'
import { identify, underWayIn } from './sign-in.ts'
import { serverForAll } from './test-server.ts'

// Whatever a reload changes while a sign-in is under way, alone or together with something else: the sign-in ends as if all of
// its client's rules had stayed; after a restart, as if the rules in force had been there from its beginning (decision 36).

const ofRules = [
  'policy tightened',
  'policy deleted',
  'moved',
  'dialect',
  'vocabulary',
  'strict',
  'requires amr',
] as const
const ofRegistration = ['default acr', 'redirect removed', 'client removed'] as const
type Change = (typeof ofRules | typeof ofRegistration)[number]
type Combination = readonly Change[]

const changes: readonly Change[] = [...ofRules, ...ofRegistration]
const none: Combination = []
const rulesIn = (one: Combination) => ofRules.filter((change) => one.includes(change))
const isGone = (one: Combination) => one.includes('redirect removed') || one.includes('client removed')
/** Those that leave the rules as they were come last: they would have them remembered again after a restart. */
const combinations = [
  ...changes.map((one) => [one]),
  ...changes.flatMap((one, at) => changes.slice(at + 1).map((other) => [one, other])),
].toSorted((a, b) => Number(rulesIn(a).length === 0) - Number(rulesIn(b).length === 0))

function configured(one: Combination) {
  const has = (change: Change, yes: string, no: string) => (one.includes(change) ? yes : no)
  const everyone = has('policy tightened', 'deny', '{ primary: [grid, totp], enrol: grace 14d }')
  const staff = `two: { rules: [
    { name: elsewhere, when: { groups: [elsewhere] }, then: { primary: [grid] } }, { name: everyone, then: ${everyone} }] }`
  return ({ harbour, lighthouse }: Clients) => `
bench: { people: people.yaml }
attempts: { per_address_a_minute: 100000, openings_per_address_a_minute: 100000 }
default_policy: one
policies:
  ${has('policy deleted', '', staff)}
  one: { rules: [{ name: everyone, then: { primary: [grid, totp] } }] }
acr: { vocabulary: { 'urn:x:own': { factors: [${has('vocabulary', 'grid', 'passkey')}] } } }
dialects:
  plain: { words: { otp: code }, factors: { grid: [grid], totp: [app] }, mfa: never, order: alphabet }
  other: { words: { otp: code }, factors: { grid: [cells] }, mfa: never, order: alphabet }
clients:
  ${has('client removed', 'somebody', 'harbour')}:
    client_name: Harbour
    redirect_uris: ['${has('redirect removed', lighthouse, harbour)}/callback']
    ${has('moved', 'policy: one', has('policy deleted', '', 'policy: two'))}
    dialect: ${has('dialect', 'other', 'plain')}
    acr: ${has('strict', 'strict', 'voluntary')}
    ${has('requires amr', 'requires: { amr: any }', '')}
    ${has('default acr', "default_acr_values: ['urn:sallyport:acr:grid']", '')}`
}

const moments = ['before the first proof', 'between proofs', 'after the last proof'] as const
type Moment = (typeof moments)[number]
/** Whether a value is asked for; where none is, the person has no app, and is let off it. */
type Request = 'valued' | 'plain'

const requests: readonly Request[] = ['valued', 'plain']
const situations = requests.flatMap((request) =>
  moments
    // Whoever is let off the second step has nothing between.
    .filter((moment) => request === 'valued' || moment !== 'between proofs')
    .map((moment) => ({ request, moment })),
)

/** Each change alone in each situation, and each pair in one of them; in all of them in `npm run test:all`. */
const cases = combinations.flatMap((one, at) =>
  situations
    .filter((_, nth) => one.length === 1 || nth === at % situations.length || rounds(0, 1) === 1)
    .map((situation) => ({ one, ...situation })),
)

const server = await serverForAll(configured(none))
const redirectUri = `${server.clients.harbour}/callback`
const pattern = 'B1 D2 A5 E3'
const apps = { valued: [{ label: 'Phone', secret: 'JLDTSEXMCS2OBMTHV7YFGWI3IYS2ZJ4R' }], plain: [] }
/** Somebody for each sign-in: the code of an app serves once. */
const usernames = Array.from({ length: 2 * cases.length + 2 * combinations.length }, (_, at) => `p${at}`)
const heldFor = (request: Request) => [
  { factor: 'grid', label: 'Grid', secret: pattern },
  ...apps[request].map((app) => ({ factor: 'totp', ...app })),
]
await server.restart(
  JSON.stringify(
    requests.flatMap((request) =>
      usernames.map((name) => ({ username: `${request}-${name}`, authenticators: heldFor(request) })),
    ),
  ),
)

interface Begun {
  readonly browser: Browser
  readonly person: Carrier
  readonly verifier: string
  /** Where the browser goes next. */
  readonly url: string
}

function beginAnew(request: Request): Begun {
  const verifier = randomBytes(32).toString('base64url')
  const parameters = new URLSearchParams({
    client_id: 'harbour',
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(request === 'valued' ? { acr_values: 'urn:x:own' } : {}),
  })
  const person = { username: `${request}-${usernames.pop()}`, password: '', pattern, apps: apps[request] }
  return { browser: new Browser(), person, verifier, url: `${server.issuer}/auth?${parameters}` }
}

async function beginUntil(moment: Moment, request: Request): Promise<Begun> {
  const begun = beginAnew(request)
  const { browser, person } = begun
  const { url, response } = await browser.follow(begun.url)
  let view = await identify(browser, url, await underWayIn(response), person.username)
  for (let proofs = 0; proofs < moments.indexOf(moment) && view.at === 'answer'; proofs++) {
    const { id: challenge, factor } = view.challenge
    const answer = await means[factor]?.(server, person, view)
    const answered = await browser.post(`${url}/answer`, { challenge, revision: view.revision, answer })
    view = await underWayIn(answered)
  }
  if (view.at !== (moment === 'after the last proof' ? 'done' : 'answer')) throw new Error(JSON.stringify(view))
  return { ...begun, url: view.at === 'done' ? view.goTo : url }
}

/** Goes on to the end with all that the person has: what the client is told then, or that it is told nothing. */
async function endOf({ browser, person, verifier, url }: Begun): Promise<string> {
  const { url: here, response } = await browser.follow(url)
  if (!here.startsWith(server.issuer)) return toldAt(here, verifier)
  const page = await response.text()
  if (response.status >= 400) {
    expect(page).not.toContain('/callback')
    return 'nothing'
  }
  const end = await passWith(server, browser, { url: here }, person, ['grid', 'totp'])
  if (typeof end === 'string') return toldAt(end, verifier)
  const left = await viewIn(await browser.post(`${here}/cancel`, { revision: end.revision }))
  if (end.at !== 'refused' || left.at !== 'done') throw new Error(JSON.stringify([end, left]))
  return toldAt((await browser.follow(left.goTo)).url, verifier)
}

async function toldAt(url: string, verifier: string): Promise<string> {
  expect(url.startsWith(redirectUri), url).toBe(true)
  const { code, error } = Object.fromEntries(new URL(url).searchParams)
  // Which of several reasons is told depends on what is known already.
  if (!code) return error ? 'an error' : url
  const grant = { grant_type: 'authorization_code', client_id: 'harbour', redirect_uri: redirectUri, code }
  const body = new URLSearchParams({ ...grant, code_verifier: verifier })
  const { id_token = '' } = await (await fetch(`${server.issuer}/token`, { method: 'POST', body })).json()
  const { acr, amr } = decodeJwt<{ acr: string; amr: readonly string[] }>(id_token)
  return `${acr} by ${amr}`
}

/** How a sign-in ends that begins and ends under the same rules; found out while they are in force. */
const ends = new Map<string, string>()
async function endUnder(one: Combination, request: Request): Promise<string> {
  const key = `${request}: ${rulesIn(one)}`
  const end = ends.get(key) ?? (await endOf(beginAnew(request)))
  ends.set(key, end)
  return end
}

/** Begins all cases under the first rules, and takes each combination up: which cases ended otherwise than expected. */
async function endAll(rulesAreOf: (one: Combination) => Combination, meanwhile = async () => {}) {
  server.reconfigure(configured(none))
  for (const request of requests) await endUnder(none, request)
  const begun = await Promise.all(
    cases.map(async (each) => ({ ...each, signIn: await beginUntil(each.moment, each.request) })),
  )
  await meanwhile()
  const wrong: string[] = []
  for (const one of combinations) {
    server.reconfigure(configured(one))
    if (rulesIn(one).length === one.length) for (const request of requests) await endUnder(rulesAreOf(one), request)
    for (const { signIn, request, moment } of begun.filter((each) => each.one === one)) {
      const expected = isGone(one) ? 'nothing' : await endUnder(rulesAreOf(one), request)
      const end = await endOf(signIn)
      if (end !== expected) wrong.push(`${one.join(' and ')}, ${moment}, ${request}: ${end}, not ${expected}`)
    }
  }
  return wrong
}

const longMs = rounds(60_000, 300_000)

test(
  'while the rules are remembered, a sign-in ends as it would have without the reload',
  async () => {
    expect(await endAll(() => none)).toEqual([])
  },
  longMs,
)

test(
  'after a restart it ends as if it had begun under the rules in force, all of them',
  async () => {
    const restart = async () => {
      server.reconfigure(configured(['client removed']))
      await server.restart(JSON.stringify([]))
    }
    expect(await endAll((one) => one, restart)).toEqual([])
    // Each change of the rules can be told by how sign-ins end, or nothing above was compared.
    const endsOf = (one: Combination) => requests.map((request) => ends.get(`${request}: ${one}`))
    for (const change of ofRules) expect(endsOf([change]), change).not.toEqual(endsOf(none))
  },
  longMs,
)
