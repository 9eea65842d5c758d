import { beforeEach, expect, test } from 'vitest'
import { importPeople } from '#server/people/import.ts'
import type { BuiltFactor } from '#shared/factors/index.ts'
import { nextStep } from '../app.ts'
import { Browser } from '../browser.ts'
import { passWith } from '../means.ts'
import { type Clients, grace } from '../people/people.ts'
import { ask, errorIn, redeem } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'
import { fileWith } from './people-file.ts'

// The attack: a browser that somebody was once known in stays known, after all sessions were ended, after the password
// and the apps were replaced, and after its policy was tightened under the same name: what it lets off stays let off.

const token = 'a token of the administrators alone, 41'
const strong = '{ name: everyone, then: { primary: [password, totp] } }'
const configured =
  (rules: string) =>
  ({ harbour }: Clients) =>
    `admin: { secret: '${token}' }
bench: { people: people.yaml }
attempts: { per_address_a_minute: 100000 }
policies: { staff: { rules: [${rules}] } }
clients: { staff: { client_name: Staff, redirect_uris: ['${harbour}/callback'], policy: staff } }
`
const known = `{ name: known, when: { browser: known }, then: { primary: [password] } }, ${strong}`
const server = await serverForAll(configured(known))
beforeEach(() => {
  server.reconfigure(configured(known))
  nextStep(server)
})

type Person = typeof grace
/** Where somebody gets with these factors: the methods in the token, or what they stand before. */
async function reach(browser: Browser, uses: readonly BuiltFactor[], person: Person = grace) {
  nextStep(server)
  const asked = await ask(server, 'staff', { prompt: 'login' })
  const end = await passWith(server, browser, asked, person, uses)
  if (typeof end === 'string') return errorIn(end) ?? (await redeem(asked, end)).claims()?.amr
  return end.at === 'answer' ? end.challenge.factor : end.at
}
const importing = (person: Person) =>
  importPeople(server.app.context.store, fileWith(server, person), () => new Date(Date.now() + server.clock.aheadMs))

async function knownBrowser(person: Person = grace): Promise<Browser> {
  const browser = new Browser()
  expect(await reach(browser, ['password', 'totp'], person)).toEqual(['pwd', 'otp', 'mfa'])
  expect(await reach(browser, ['password'], person)).toEqual(['pwd'])
  return browser
}

test('an operator ends all sessions: the browser is new again', async () => {
  const browser = await knownBrowser()
  const response = await fetch(`${server.issuer}/api/admin/sessions/end`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ who: grace.username }),
  })
  expect(response.status).toBe(200)
  expect(await reach(browser, ['password'])).toBe('totp')
})

test('another password: the browser is new again', async () => {
  const browser = await knownBrowser()
  const changed = { ...grace, password: 'a password that is another one 7' }
  await importing(changed)
  expect(await reach(browser, ['password'], changed)).toBe('totp')
  await importing(grace)
})

test('another app in place of the one that it rested on: the browser is new again', async () => {
  const browser = await knownBrowser()
  const changed = { ...grace, apps: [{ label: 'Work phone', secret: 'GKWGI6PMB6L3SX5ZFAMPDJYRA3NGYVUQ' }] }
  await importing(changed)
  expect(await reach(browser, ['password'], changed)).toBe('totp')
  await importing(grace)
})

test('the policy is tightened under the same name: what was known under the weak one is not', async () => {
  server.reconfigure(configured('{ name: everyone, then: { primary: [password] } }'))
  const browser = new Browser()
  expect(await reach(browser, ['password'])).toEqual(['pwd'])
  server.reconfigure(configured(known))
  expect(await reach(browser, ['password'])).toBe('totp')
  expect(await reach(await knownBrowser(), ['password'])).toEqual(['pwd'])
})
