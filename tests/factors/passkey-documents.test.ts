import { expect, test } from 'vitest'
import { openHouse } from '../house.ts'
import { atTheDoor, enrolPasskey, passkeyAsked, sendPasskey, withPasskeys } from '../passkey.ts'

test('other origins are told of, and still no answer is taken from them', async () => {
  const related = 'passkeys: { related_origins: [https://login.example.org] }'
  const house = await openHouse((clients) => `${withPasskeys(clients)}${related}`)
  const response = await fetch(`${house.issuer}/.well-known/webauthn`)
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  expect(await response.json()).toEqual({ origins: [house.issuer, 'https://login.example.org'] })

  const passkey = await enrolPasskey(house, 'ada')
  const { browser, page, view } = await atTheDoor(house)
  const { prompt } = passkeyAsked(view)
  const elsewhere = passkey.sign(prompt, { clientData: { origin: 'https://login.example.org' } })
  expect((await sendPasskey(browser, page, view, elsewhere)).status).toBe(422)
  await house.stop()
})

test('passkeys may belong to another domain than the issuer’s host', async () => {
  const house = await openHouse((clients) => `${withPasskeys(clients)}passkeys: { rp_id: example.org }`)
  const passkey = await enrolPasskey(house, 'ada')
  const { browser, page, view } = await atTheDoor(house)
  const { prompt } = passkeyAsked(view)
  expect(prompt.rpId).toBe('example.org')
  const ofTheHost = await sendPasskey(browser, page, view, passkey.sign(prompt, { rpId: 'localhost' }))
  expect(ofTheHost.status).toBe(422)
  await house.stop()
})

test('there is a page of passkey endpoints, without a redirect', async () => {
  const house = await openHouse(withPasskeys)
  const response = await fetch(`${house.issuer}/.well-known/passkey-endpoints`, { redirect: 'error' })
  expect([response.status, await response.json()]).toEqual([200, {}])
  await house.stop()
})
