import { expect, test } from 'vitest'
import type { SoftPasskey } from '../authenticator.ts'
import { atTheDoor, enrolPasskey, passkeyAsked, sendPasskey, withPasskeys } from '../passkey.ts'
import { provenBy, trailOf, underWayIn } from '../sign-in.ts'
import { openTestServer, serverForAll } from '../test-server.ts'

// The attack: an authenticator was copied, and its copy is used (WebAuthn Level 3 §6.1.1; Keycloak#49920 kept another
// count than it was told, vouch#458 took zero for any). A counter tells, where there is one; and one assertion, sent
// again or many times at once, is one sign-in.

const server = await serverForAll(withPasskeys)

async function signInWith(passkey: SoftPasskey, counter: number, where = server) {
  const { browser, page, view } = await atTheDoor(where)
  const answer = passkey.sign(passkeyAsked(view).prompt, { counter })
  const after = await underWayIn(await sendPasskey(browser, page, view, answer))
  const trail = await trailOf(where, view)
  return { at: after.at, refused: trail.find(({ kind }) => kind === 'refused'), trail }
}

test('a counter that does not grow is refused and recorded, and changes nothing', async () => {
  const passkey = await enrolPasskey(server, 'ada', { counter: 5 })
  expect((await signInWith(passkey, 10)).at).toBe('done')
  const own = await server.app.context.store.authenticators.find('passkey', passkey.id)
  for (const counter of [7, 10, 0])
    expect((await signInWith(passkey, counter)).refused).toMatchObject({
      why: 'wrong-passkey',
      remark: 'counter',
      account: own?.account,
      authenticator: own?.id,
    })
  expect((await signInWith(passkey, 11)).at).toBe('done')
})

test('one that counts nothing may go on counting nothing, or begin to count', async () => {
  const passkey = await enrolPasskey(server, 'ada')
  for (const counter of [0, 0, 3]) expect((await signInWith(passkey, counter)).at).toBe('done')
  expect((await signInWith(passkey, 0)).at).toBe('identify')
})

test('an operator can have it recorded alone', async () => {
  const lenient = await openTestServer((clients) => `${withPasskeys(clients)}passkeys: { counter_regressions: record }`)
  const passkey = await enrolPasskey(lenient, 'ada', { counter: 5 })
  expect((await signInWith(passkey, 10, lenient)).at).toBe('done')
  const { at, trail } = await signInWith(passkey, 7, lenient)
  expect(at).toBe('done')
  expect(trail).toMatchObject([{ kind: 'opened' }, { kind: 'proven', remark: 'counter' }])
  expect((await signInWith(passkey, 10, lenient)).trail).toMatchObject([
    { kind: 'opened' },
    { kind: 'proven', remark: 'counter' },
  ])
  await lenient.stop()
})

test('of twenty sendings of one assertion at once, one signs in; sent again it is nothing', async () => {
  const passkey = await enrolPasskey(server, 'ada')
  const { browser, page, view } = await atTheDoor(server)
  const answer = passkey.sign(passkeyAsked(view).prompt)
  const all = await Promise.all(Array.from({ length: 20 }, () => sendPasskey(browser, page, view, answer)))
  const statuses = all.map(({ status }) => status).toSorted()
  expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  expect(new Set(statuses)).toEqual(new Set([200, 409]))
  expect(await provenBy(server, view)).toHaveLength(1)

  const later = await atTheDoor(server)
  expect((await sendPasskey(later.browser, later.page, later.view, answer)).status).toBe(422)
})

test('a challenge that was answered wrongly is not answered again', async () => {
  const passkey = await enrolPasskey(server, 'ada')
  const { browser, page, view } = await atTheDoor(server)
  const { prompt } = passkeyAsked(view)
  const wrong = passkey.sign(prompt, { signature: (bytes) => bytes.subarray(1) })
  const refused = await underWayIn(await sendPasskey(browser, page, view, wrong))
  const right = passkey.sign(prompt)
  expect((await sendPasskey(browser, page, view, right)).status).toBe(409)
  expect((await sendPasskey(browser, page, refused, right)).status).toBe(422)
})
