import * as oidc from 'openid-client'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { logTo } from '#server/operator/log.ts'
import { nextStep } from '../app.ts'
import { Browser } from '../browser.ts'
import { passWith } from '../means.ts'
import { type Clients, grace } from '../people/people.ts'
import { ask, redeem } from '../sign-in.ts'
import { openTestServer } from '../test-server.ts'

// A refresh asks the policy in force about what its session proved (decision 29), and spends its token only for tokens.

const calendar = 'https://api.example.test/calendar'
const ledger = 'https://api.example.test/ledger'
const with_ =
  (policy: string, resources = `'${calendar}'`) =>
  ({ harbour }: Clients) =>
    `
bench: { people: people.yaml }
proxies: [127.0.0.0/8, '::1/128']
attempts: { per_address_a_minute: 100000 }
sessions: { idle: 8h }
resources: { ${calendar}: { scopes: [read] }, ${ledger}: { scopes: [read] } }
policies:
  staff: ${policy}
  both: { rules: [{ name: everyone, then: { primary: [password, totp] } }] }
clients:
  harbour: { client_name: Harbour, redirect_uris: ['${harbour}/callback'], policy: staff, resources: [${resources}] }
  vault: { client_name: Vault, redirect_uris: ['${harbour}/callback'], policy: both }
`
const plain = '{ rules: [{ name: everyone, then: { primary: [password] } }] }'
const both = '{ rules: [{ name: everyone, then: { primary: [password, totp] } }] }'
const lines: string[] = []
const server = await openTestServer(with_(plain), logTo('info', { write: (line: string) => void lines.push(line) }))
afterAll(() => server.stop())
beforeEach(() => {
  server.reconfigure(with_(plain))
  lines.length = 0
  nextStep(server)
})

async function signedIn(browser = new Browser(), client = 'harbour', uses: ('password' | 'totp')[] = ['password']) {
  const asked = await ask(server, client, {
    scope: 'openid read',
    ...(client === 'harbour' ? { resource: calendar } : {}),
  })
  const end = await passWith(server, browser, asked, grace, uses)
  const { refresh_token: token = '' } = await redeem(asked, String(end))
  return { config: asked.config, token }
}
type Session = Awaited<ReturnType<typeof signedIn>>
/** What came of a refresh; a token that was rotated takes the place of the one before it. */
async function refresh(session: Session, parameters: Record<string, string> = {}) {
  try {
    const tokens = await oidc.refreshTokenGrant(session.config, session.token, parameters)
    session.token = tokens.refresh_token ?? session.token
    return tokens.claims()?.amr ?? 'good'
  } catch (error) {
    if (error instanceof oidc.ResponseBodyError) return error.error
    throw error
  }
}
const reasons = () =>
  lines.flatMap((line) => (line.includes('a refresh was refused') ? [JSON.parse(line).why as string] : []))

test('a policy that denies refuses it, and says so in the log; once it does not any more the token is still good', async () => {
  const session = await signedIn()
  expect(await refresh(session)).toEqual(['pwd'])
  server.reconfigure(with_('{ rules: [{ name: nobody, then: deny }] }'))
  expect(await refresh(session)).toBe('invalid_grant')
  expect(reasons()).toEqual(['denied'])
  expect(lines.join()).not.toContain(session.token)
  server.reconfigure(with_(plain))
  expect(await refresh(session)).toEqual(['pwd'])
})

test('so does one that wants more than the session proved, until the session has proved it', async () => {
  const browser = new Browser()
  const session = await signedIn(browser)
  server.reconfigure(with_(both))
  expect(await refresh(session)).toBe('invalid_grant')
  expect(reasons()).toEqual(['answer'])
  await signedIn(browser, 'vault', ['totp'])
  expect(await refresh(session)).toEqual(['pwd'])
})

test('groups count as they are now', async () => {
  const rules =
    '{ rules: [{ name: out, when: { groups: [contractors] }, then: deny }, { name: all, then: { primary: [password] } }] }'
  server.reconfigure(with_(rules))
  const session = await signedIn()
  const { people } = server.app.context.store
  const person = await people.byName('grace')
  if (!person) throw new Error('There is no grace.')
  await people.put({ ...person, groups: ['contractors'] }, ['grace'])
  expect(await refresh(session)).toBe('invalid_grant')
  await people.put(person, ['grace'])
  expect(await refresh(session)).toEqual(['pwd'])
})

test('the person counts as being where they were: the relying party’s own address is nobody’s office', async () => {
  const office = `{ rules: [{ name: office, when: { networks: [192.0.2.0/24] }, then: { primary: [password] } }, { name: else, then: { primary: [password, totp] } }] }`
  server.reconfigure(with_(office))
  const browser = new Browser()
  browser.from = '192.0.2.9'
  const session = await signedIn(browser)
  expect(await refresh(session)).toEqual(['pwd'])
  server.reconfigure(with_(office.replace('192.0.2.0', '203.0.113.0')))
  expect(await refresh(session)).toBe('invalid_grant')
})

test('a session of before circumstances were written down goes on, under rules that do not ask for them', async () => {
  const session = await signedIn()
  const { documents } = server.app.context.store
  const { get } = documents
  const asBefore = vi.spyOn(documents, 'get').mockImplementation(async (kind, id) => {
    const found = await get(kind, id)
    if (!found || kind !== 'Relied') return found
    const { address: _, browser: __, ...value } = found.value
    return { ...found, value }
  })
  expect(await refresh(session)).toEqual(['pwd'])
  const office = '{ name: office, when: { networks: [127.0.0.0/8] }, then: { primary: [password] } }'
  server.reconfigure(with_(`{ rules: [${office}, { name: else, then: { primary: [password, totp] } }] }`))
  expect(await refresh(session)).toBe('invalid_grant')
  asBefore.mockRestore()
})

test('proofs age as the refresh token and its session do, and not as a policy has them asked for again', async () => {
  server.reconfigure(
    with_(
      '{ reuse: { totp: 2m }, rules: [{ name: everyone, then: { primary: [password, totp], fresh: { password: 1m } } }] }',
    ),
  )
  const session = await signedIn(new Browser(), 'harbour', ['password', 'totp'])
  server.clock.aheadMs += 7 * 3_600_000
  expect(await refresh(session)).toEqual(['pwd', 'otp', 'mfa'])
  server.clock.aheadMs += 4 * 3_600_000
  expect(await refresh(session)).toBe('invalid_grant')
})

test('an API that a token is not for does not spend it (RFC 8707 §2.2)', async () => {
  const session = await signedIn()
  const spent = session.token
  expect(await refresh(session, { resource: 'https://api.example.test/nowhere' })).toBe('invalid_target')
  expect(await refresh(session, { resource: ledger })).toBe('invalid_target')
  server.reconfigure(with_(plain, ''))
  expect(await refresh(session, { resource: calendar })).toBe('invalid_target')
  server.reconfigure(with_(plain))
  expect(session.token).toBe(spent)
  expect(await refresh(session, { resource: calendar })).toEqual(['pwd'])
  expect(session.token).not.toBe(spent)
})
