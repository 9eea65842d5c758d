import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as oidc from 'openid-client'
import { afterAll, expect, test } from 'vitest'
import { ask, redeem, type StepUp, stepUpIn } from '../../examples/step-up/relying-party.ts'
import { resourceServer } from '../../examples/step-up/resource-server.ts'
import { nextStep } from '../app.ts'
import { Browser } from '../browser.ts'
import { passWith } from '../means.ts'
import { grace } from '../people/people.ts'
import { serverForAll } from '../test-server.ts'

// RFC 9470, as examples/step-up shows it: an API asks for a stronger and a more recent sign-in, and gets it.

const resource = 'https://api.example.test/payroll'
const server = await serverForAll(
  ({ harbour }) => `bench: { people: people.yaml }
attempts: { per_address_a_minute: 100000 }
resources: { ${resource}: { scopes: [payroll.pay] } }
policies: { payroll: { rules: [{ name: everyone, then: { primary: [password], secondary: [password, totp] } }] } }
clients:
  harbour:
    client_name: Harbour Payroll
    redirect_uris: ['${harbour}/callback']
    policy: payroll
    resources: ['${resource}']
`,
)
const needs = { acrValues: ['urn:sallyport:acr:mfa'], maxAgeSeconds: 300 }
const now = () => Date.now() + server.clock.aheadMs
const api = createServer(resourceServer({ issuer: server.issuer, audience: resource, needs, now })).listen(
  0,
  '127.0.0.1',
)
await once(api, 'listening')
afterAll(() => void api.close())

const config = await oidc.discovery(new URL(server.issuer), 'harbour', undefined, oidc.None(), {
  execute: [oidc.allowInsecureRequests],
})
const redirectUri = `${server.clients.harbour}/callback`
const party = { config, redirectUri, scope: 'openid payroll.pay', resource }

const pay = (token: string) =>
  fetch(`http://127.0.0.1:${(api.address() as AddressInfo).port}/pay`, {
    headers: { authorization: `Bearer ${token}` },
  })

async function tokenFor(browser: Browser, more?: StepUp) {
  nextStep(server)
  const asked = await ask(party, more)
  const way = { config, checks: asked.checks, redirectUri, url: asked.url.href }
  const end = await passWith(server, browser, way, grace, ['password', 'totp'])
  if (typeof end !== 'string') throw new Error(end.at)
  return redeem(party, asked, new URL(end))
}

test('too weak: 401 with what would do; a step-up; 200', async () => {
  const browser = new Browser()
  const weak = await pay(await tokenFor(browser))
  expect(weak.status).toBe(401)
  const more = stepUpIn(weak)
  expect(more).toEqual({ acr_values: 'urn:sallyport:acr:mfa', max_age: '300' })
  const paid = await pay(await tokenFor(browser, more ?? {}))
  expect(paid.status).toBe(200)
  expect(await paid.json()).toEqual({ paid: true, amr: ['pwd', 'otp', 'mfa'] })
})

test('too old: 401, a fresh sign-in in the same session, 200', async () => {
  const browser = new Browser()
  const token = await tokenFor(browser, { acr_values: 'urn:sallyport:acr:mfa' })
  expect((await pay(token)).status).toBe(200)
  server.clock.aheadMs += 301_000
  const more = stepUpIn(await pay(token))
  expect(more).not.toBeNull()
  expect((await pay(await tokenFor(browser, more ?? {}))).status).toBe(200)
})

test('a token for somebody else, or none, is no reason to step up', async () => {
  for (const token of ['', 'made.up.token']) {
    const response = await pay(token)
    expect(response.status).toBe(401)
    expect(stepUpIn(response)).toBeNull()
  }
})
