import { expect, test } from 'vitest'
import { atTheDoor, enrolPasskey, passkeyAsked, sendPasskey, withPasskeys } from '../passkey.ts'
import { openTestServer } from '../test-server.ts'

test('related origins are told of, and their answers are taken; no other origin’s (WebAuthn Level 3 §5.11)', async () => {
  const related = 'passkeys: { related_origins: [https://login.example.org] }'
  const server = await openTestServer((clients) => `${withPasskeys(clients)}${related}`)
  const response = await fetch(`${server.issuer}/.well-known/webauthn`)
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  expect(await response.json()).toEqual({ origins: [server.issuer, 'https://login.example.org'] })

  const passkey = await enrolPasskey(server, 'ada', { origin: 'https://login.example.org' })
  const answered = async (clientData: Readonly<Record<string, unknown>>) => {
    const { browser, page, view } = await atTheDoor(server)
    return (await sendPasskey(browser, page, view, passkey.sign(passkeyAsked(view).prompt, { clientData }))).status
  }
  for (const origin of ['https://login.example.org', server.issuer]) expect(await answered({ origin })).toBe(200)
  const others = ['http://login.example.org', 'https://login.example.org:8443', 'https://a.login.example.org', 'null']
  for (const origin of [...others, 'https://example.org', 'https://login.example.org/'])
    expect([origin, await answered({ origin })]).toEqual([origin, 422])
  expect(await answered({ crossOrigin: true, topOrigin: server.issuer })).toBe(422)
  await server.stop()
})

test('passkeys may belong to another domain than the issuer’s host', async () => {
  const server = await openTestServer((clients) => `${withPasskeys(clients)}passkeys: { rp_id: example.org }`)
  const passkey = await enrolPasskey(server, 'ada')
  const { browser, page, view } = await atTheDoor(server)
  const { prompt } = passkeyAsked(view)
  expect(prompt.rpId).toBe('example.org')
  const ofTheHost = await sendPasskey(browser, page, view, passkey.sign(prompt, { rpId: 'localhost' }))
  expect(ofTheHost.status).toBe(422)
  await server.stop()
})

test('there is a page of passkey endpoints, without a redirect', async () => {
  const server = await openTestServer(withPasskeys)
  const response = await fetch(`${server.issuer}/.well-known/passkey-endpoints`, { redirect: 'error' })
  expect([response.status, await response.json()]).toEqual([200, {}])
  await server.stop()
})
