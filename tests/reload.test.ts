import { expect, test } from 'vitest'
import { clientAsOf } from '#server/config/history.ts'
import { nextStep } from './app.ts'
import { Browser, viewIn } from './browser.ts'
import { passWith } from './means.ts'
import { type Clients, grace } from './people/people.ts'
import { answerOf, arrive, ask, errorIn, identify, loggedAs, redeem } from './sign-in.ts'
import { serverForAll } from './test-server.ts'

// Another configuration is taken up while sign-ins are under way: they finish under the policy that they began with.

const under =
  (flow: string, more = '') =>
  ({ harbour }: Clients) =>
    `
bench: { people: people.yaml }
attempts: { per_address_a_minute: 100000 }
policies: { staff: { rules: [{ name: everyone, then: ${flow} }] } }
clients:
  harbour: { client_name: Harbour, redirect_uris: ['${harbour}/callback'], policy: staff }
${more}`
const weak = under('{ primary: [password] }')
const strong = under('{ primary: [password, totp] }')
const server = await serverForAll(weak)

const hashNow = () => server.app.context.config.clients.get('harbour')?.policyHash
async function begun() {
  const browser = new Browser()
  const asked = await ask(server)
  const { page, view } = await arrive(browser, asked)
  const named = await identify(browser, page, view, grace.username)
  const answer = async () => viewIn(await browser.post(`${page}/answer`, answerOf(named, grace.password)))
  return { browser, asked, uid: view.uid, answer }
}
const pass = async (browser: Browser, uses: ('password' | 'totp')[], extra = {}) => {
  nextStep(server)
  const asked = await ask(server, 'harbour', extra)
  const end = await passWith(server, browser, asked, grace, uses)
  return typeof end === 'string' ? (errorIn(end) ?? (await redeem(asked, end)).claims()?.amr) : end
}

test('a sign-in that began under the old policy finishes under it, and its evidence says which one that was', async () => {
  server.reconfigure(weak)
  const before = hashNow()
  const { browser, asked, uid, answer } = await begun()
  server.reconfigure(strong)
  expect(hashNow()).not.toBe(before)
  const done = await answer()
  if (done.at !== 'done') throw new Error(JSON.stringify(done))
  const { url } = await browser.follow(done.goTo)
  expect((await redeem(asked, url)).claims()?.amr).toEqual(['pwd'])

  const { records } = server.app.context.store
  const [proven] = await records.ofSignIn(await loggedAs(server, uid))
  expect(await records.read([proven?.id ?? ''])).toMatchObject([{ kind: 'proven', policy: before }])
  const run = await records.ofRun('harbour', asked.checks.expectedNonce ?? '')
  expect(run.at(-1)).toMatchObject({ kind: 'issued', policy: before })

  // The next one in the same browser is judged by the policy in force.
  expect(await pass(browser, [])).toMatchObject({ at: 'answer', challenge: { factor: 'totp' } })
  expect(await pass(browser, ['totp'])).toEqual(['pwd', 'otp', 'mfa'])
})
const kept = async (uid: string) => {
  const found = await server.app.context.store.documents.get('SignIn', uid)
  return found?.value as { rulesHash: string }
}

test('… also when it is the stricter one, and when several have come and gone meanwhile', async () => {
  server.reconfigure(strong)
  const { answer, uid } = await begun()
  expect((await kept(uid)).rulesHash).toBe(server.app.context.config.clients.get('harbour')?.rulesHash)
  server.reconfigure(weak)
  server.reconfigure(under('deny'))
  server.reconfigure(weak)
  expect(await answer()).toMatchObject({ at: 'answer', challenge: { factor: 'totp' } })
})

test('after a restart nobody remembers the old policy: the one in force judges', async () => {
  server.reconfigure(weak)
  const { answer } = await begun()
  server.reconfigure(strong)
  await server.restart()
  expect(await answer()).toMatchObject({ at: 'answer', challenge: { factor: 'totp' } })
})

test('everything else is new with the next request: clients, acr values, discovery', async () => {
  server.reconfigure(weak)
  const { answer } = await begun()
  server.reconfigure(
    ({ harbour }) => `${strong({ harbour, lighthouse: '', treasury: '' }).replace('harbour: {', 'shop: {')}
acr: { aliases: { 'urn:x:strong': 'urn:sallyport:acr:mfa' } }`,
  )
  expect(await answer()).toMatchObject({ at: 'over' })
  const metadata = await (await fetch(`${server.issuer}/.well-known/openid-configuration`)).json()
  expect(metadata.acr_values_supported).toContain('urn:x:strong')
  const refused = await new Browser().follow((await ask(server)).url)
  expect(refused.response.status).toBe(400)
  nextStep(server)
  const asked = await ask(server, 'shop', { acr_values: 'urn:x:strong' })
  const end = await passWith(server, new Browser(), asked, grace, ['password', 'totp'])
  expect((await redeem(asked, String(end))).claims()?.acr).toBe('urn:x:strong')
})

test('a swap under load: every sign-in finishes, under one policy or the other and never between them', async () => {
  server.reconfigure(weak)
  const signIns = await Promise.all(Array.from({ length: 4 }, begun))
  // Five at once would be charged like five guesses.
  const answered = signIns.map(async ({ answer }, at) => {
    if (at % 2) server.reconfigure(at % 4 === 1 ? strong : weak)
    return (await answer()).at
  })
  expect(new Set(await Promise.all(answered))).toEqual(new Set(['done']))
})

test('former rules are remembered for as long as a sign-in can last, also where nothing is taken up after them', () => {
  server.reconfigure(weak)
  const before = server.app.context.config.clients.get('harbour')?.rulesHash
  server.reconfigure(strong)
  const under = () => {
    const client = server.app.context.config.clients.get('harbour')
    if (!client) throw new Error('There is no harbour.')
    return clientAsOf(server.app.context, client, before).rulesHash
  }
  expect(under()).toBe(before)
  server.clock.aheadMs += 2 * 3_600_000 + 1000
  expect(under()).toBe(server.app.context.config.clients.get('harbour')?.rulesHash)
  expect(under()).not.toBe(before)
})

test('a sign-in of before the hash of all rules was kept goes on, under the rules in force', async () => {
  server.reconfigure(weak)
  const { browser, uid } = await begun()
  const { documents } = server.app.context.store
  const { value, revision, expiresAt } = (await documents.get('SignIn', uid)) ?? {}
  const { rulesHash: _, ...rest } = value ?? {}
  expect(await documents.replace('SignIn', uid, revision ?? 0, { ...rest, policy: hashNow() }, expiresAt ?? 0)).toBe(
    true,
  )
  server.reconfigure(strong)
  const end = await passWith(server, browser, { url: `${server.issuer}/sign-in/${uid}` }, grace, ['password'])
  expect(end).toMatchObject({ at: 'answer', challenge: { factor: 'totp' } })
})
