import { expect, test } from 'vitest'
import type { BuiltFactor } from '#shared/factors/index.ts'
import { nextStep } from './app.ts'
import { Browser } from './browser.ts'
import { passWith } from './means.ts'
import { ada, type Clients, grace } from './people/people.ts'
import { arrive, ask, errorIn, identify, redeem } from './sign-in.ts'
import { serverForAll } from './test-server.ts'

// What a rule's conditions see, from the front door: where a request comes from, what time it is, which browser it is,
// and since when somebody has what they prove.

const strong = '{ name: everyone, then: { primary: [password, totp] } }'
const policies = {
  office: `[{ name: office, when: { networks: [192.0.2.0/24, '2001:db8::/32'] }, then: { primary: [password] } }, ${strong}]`,
  outside: `[{ name: outside, when: { not: { networks: [192.0.2.0/24] } }, then: deny }, ${strong}]`,
  night: `[{ name: night, when: { times: { zone: Europe/Berlin, hours: ['22:00-06:00'] } }, then: deny }, ${strong}]`,
  known: `[{ name: known, when: { browser: known }, then: { primary: [password] } }, ${strong}]`,
  new: `[{ name: new, when: { authenticator: { of: [otp], youngerThan: 7d } }, then: deny }, ${strong}]`,
  weak: '[{ name: everyone, then: { primary: [password] } }]',
  pass: '[{ name: everyone, then: allow }]',
}
const server = await serverForAll(
  ({ harbour }: Clients) => `
bench: { people: people.yaml }
proxies: [127.0.0.0/8, '::1/128']
attempts: { per_address_a_minute: 100000 }
policies:
${Object.entries(policies)
  .map(([name, rules]) => `  ${name}: { rules: ${rules} }`)
  .join('\n')}
clients:
${Object.keys(policies)
  .map((name) => `  ${name}: { client_name: ${name}, redirect_uris: ['${harbour}/callback'], policy: ${name} }`)
  .join('\n')}`,
)

const from = (address: string) => {
  const browser = new Browser()
  browser.from = address
  return browser
}
const anew = { prompt: 'login' }
/** Where somebody gets with these factors: the methods in the token, or what they stand before. */
async function reach(browser: Browser, client: string, uses: readonly BuiltFactor[], person = grace, extra = {}) {
  nextStep(server)
  const asked = await ask(server, client, extra)
  const end = await passWith(server, browser, asked, person, uses)
  if (typeof end === 'string') return errorIn(end) ?? (await redeem(asked, end)).claims()?.amr
  return end.at === 'answer' ? end.challenge.factor : end.at === 'refused' ? end.why : end.at
}

test('networks: the address that a proxy of ours tells; where nobody knows it, the stricter rule', async () => {
  expect(await reach(from('192.0.2.9'), 'office', ['password'])).toEqual(['pwd'])
  expect(await reach(from('2001:db8::9'), 'office', ['password'])).toEqual(['pwd'])
  expect(await reach(from('198.51.100.9'), 'office', ['password'])).toBe('totp')
  // What a client writes stands left of what the proxy writes.
  expect(await reach(from('192.0.2.9, 198.51.100.9'), 'office', ['password'])).toBe('totp')
  for (const junk of ['', '192.0.2.9:443', 'unknown', '192.0.2.9, '])
    expect(await reach(from(junk), 'office', ['password'])).toBe('totp')
})

test('a rule that denies, and nobody knows whether it applies: it denies, before anybody types anything', async () => {
  expect(await reach(from('junk'), 'outside', [])).toBe('access_denied')
  expect(await reach(from('192.0.2.9'), 'outside', ['password', 'totp'])).toEqual(['pwd', 'otp', 'mfa'])
})

test('somebody who takes a session to another network is judged anew there', async () => {
  const browser = from('192.0.2.9')
  expect(await reach(browser, 'office', ['password'])).toEqual(['pwd'])
  browser.from = '198.51.100.9'
  expect(await reach(browser, 'office', [])).toBe('totp')
})

const dayMs = 86_400_000
test('the age of an authenticator: a new one is not believed for a week', async () => {
  expect(await reach(new Browser(), 'new', ['password'])).toBe('denied')
  server.clock.aheadMs += 7 * dayMs
  expect(await reach(new Browser(), 'new', ['password', 'totp'])).toEqual(['pwd', 'otp', 'mfa'])
})

test('a browser is known to whom has finished a sign-in in it, under the same policy, and to nobody else', async () => {
  const browser = new Browser()
  const both = ['pwd', 'otp', 'mfa']
  expect(await reach(browser, 'weak', ['password'])).toEqual(['pwd'])
  expect(await reach(browser, 'known', ['password'], grace, anew)).toBe('totp')
  expect(await reach(browser, 'known', ['password', 'totp'], grace, anew)).toEqual(both)
  expect(await reach(browser, 'known', ['password'], grace, anew)).toEqual(['pwd'])
  expect(await reach(new Browser(), 'known', ['password'])).toBe('totp')

  await browser.follow(`${server.issuer}/session/end`)
  const cookies = await browser.jar.getCookies(server.issuer)
  const [kept] = cookies.filter(({ key }) => key === 'sallyport_browser')
  expect(kept).toMatchObject({ httpOnly: true, sameSite: 'lax', path: '/', domain: 'localhost' })
  const carrying = async (value: string) => {
    const other = new Browser()
    await other.jar.setCookie(`sallyport_browser=${value}`, server.issuer)
    return other
  }
  expect(await reach(await carrying(kept?.value ?? ''), 'known', ['password'], ada)).toBe('choose')
  expect(await reach(await carrying(kept?.value ?? ''), 'known', ['password'])).toEqual(['pwd'])
  for (const junk of ['', 'x', `${kept?.value.slice(0, -2)}AA`, `${kept?.value}.`, '%7B%7D'])
    expect(await reach(await carrying(junk), 'known', ['password'])).toBe('totp')

  server.clock.aheadMs += 90 * dayMs
  expect(await reach(await carrying(kept?.value ?? ''), 'known', ['password'])).toBe('totp')
})

test('the person decides nothing before the first proof: a known browser is shown what everybody is', async () => {
  const browser = new Browser()
  expect(await reach(browser, 'known', ['password', 'totp'])).toEqual(['pwd', 'otp', 'mfa'])
  const shown = async (browser: Browser) => {
    const { page, view } = await arrive(browser, await ask(server, 'known', anew))
    const { at, doors } = view.at === 'identify' ? await identify(browser, page, view, grace.username) : view
    return { at, doors }
  }
  expect(await shown(browser)).toEqual(await shown(new Browser()))
})

test('what asks for nothing lets through who has proven something before, and nobody else', async () => {
  expect(await reach(new Browser(), 'pass', ['password', 'totp'])).toBe('unmet')
  const browser = new Browser()
  expect(await reach(browser, 'weak', ['password'])).toEqual(['pwd'])
  expect(await reach(browser, 'pass', [])).toEqual(['pwd'])
})

test('hours in a time zone, which are over midnight', async () => {
  const at = async (instant: string, uses: readonly BuiltFactor[]) => {
    server.clock.aheadMs = Date.parse(instant) - Date.now()
    return reach(new Browser(), 'night', uses)
  }
  const nextYear = new Date().getUTCFullYear() + 1
  expect(await at(`${nextYear}-01-13T20:58:00Z`, ['password'])).toBe('totp')
  expect(await at(`${nextYear}-01-13T21:00:00Z`, [])).toBe('access_denied')
  expect(await at(`${nextYear}-01-14T04:59:00Z`, [])).toBe('access_denied')
  expect(await at(`${nextYear}-01-14T05:00:00Z`, ['password'])).toBe('totp')
})
