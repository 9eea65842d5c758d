import { describe, expect, test } from 'vitest'
import { flag } from '../authenticator.ts'
import { viewIn } from '../browser.ts'
import { atTheDoor, claimsAfter, enrolPasskey, passkeyAsked, sendPasskey, withPasskeys } from '../passkey.ts'
import { ada, grace } from '../people/people.ts'
import { answerOf, arrive, ask, choose, identify, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

const server = await serverForAll(withPasskeys)

/** Signs in with nothing but a passkey, at a client. */
async function withPasskeyAlone(
  passkey: Awaited<ReturnType<typeof enrolPasskey>>,
  changes: Parameters<typeof passkey.sign>[1] = {},
  client: 'harbour' | 'lighthouse' = 'harbour',
) {
  const { browser, asked, page, view } = await atTheDoor(server, client)
  const { prompt } = passkeyAsked(view)
  const response = await sendPasskey(browser, page, view, passkey.sign(prompt, changes))
  return { browser, asked, page, prompt, response }
}
const answered = async ({ response }: { response: Response }) => underWayIn(response)

/** Somebody after their password, asked for a passkey. */
async function atTheSecondDoor(person: typeof ada) {
  const at = await atTheDoor(server, 'treasury')
  const named = await identify(at.browser, at.page, at.view, person.username)
  const response = await at.browser.post(`${at.page}/answer`, answerOf(named, person.password))
  return { ...at, view: await underWayIn(response) }
}

describe('before anybody is named', () => {
  for (const algorithm of ['ES256', 'EdDSA', 'RS256'] as const)
    test(`a passkey (${algorithm}) signs its person in: hwk, user and mfa`, async () => {
      const { browser, asked, prompt, response } = await withPasskeyAlone(
        await enrolPasskey(server, 'ada', { algorithm }),
      )
      expect(prompt).toMatchObject({ rpId: 'localhost', userVerification: 'preferred', allowCredentials: [] })
      expect(Buffer.from(prompt.challenge, 'base64url')).toHaveLength(32)
      const claims = await claimsAfter(browser, asked, response)
      expect(claims).toMatchObject({
        amr: ['hwk', 'user', 'mfa'],
        acr: 'phrh',
        sub: (await server.app.context.store.people.byName('ada'))?.id,
      })
    })

  test('one that can be copied is swk; one that verified nobody proves possession alone', async () => {
    const synced = await withPasskeyAlone(await enrolPasskey(server, 'ada', { synced: true }))
    const claims = await claimsAfter(synced.browser, synced.asked, synced.response)
    expect(claims).toMatchObject({ amr: ['swk', 'user', 'mfa'], acr: 'phr' })
    const touched = await withPasskeyAlone(await enrolPasskey(server, 'ada'), { flags: flag.up })
    const less = await claimsAfter(touched.browser, touched.asked, touched.response)
    expect(less).toMatchObject({ amr: ['hwk', 'user'], acr: 'urn:sallyport:acr:aal1' })
  })

  test('what is said of its backup is kept, as of the last sign-in', async () => {
    const passkey = await enrolPasskey(server, 'ada', { synced: true })
    const { store } = server.app.context
    const own = await store.authenticators.find('passkey', passkey.id)
    const kept = async () =>
      (await store.authenticators.list(own?.account ?? '', 'passkey')).find(({ id }) => id === own?.id)?.credential
    expect(await kept()).toMatchObject({ backupEligible: true, backupState: true })
    const { response } = await withPasskeyAlone(passkey, { flags: flag.up | flag.uv | flag.be })
    expect(response.status).toBe(200)
    expect(await kept()).toMatchObject({ backupEligible: true, backupState: false })
  })

  test('one that verified nobody when it was made is not believed later', async () => {
    const key = await enrolPasskey(server, 'ada', { verifies: false })
    const { browser, asked, response } = await withPasskeyAlone(key, { flags: flag.up | flag.uv })
    expect((await claimsAfter(browser, asked, response))?.amr).toEqual(['hwk', 'user'])
    expect(
      (await answered(await withPasskeyAlone(key, { flags: flag.up | flag.uv }, 'lighthouse'))).refusal?.code,
    ).toBe('wrong-passkey')
  })

  test('where the policy requires verification the flag is judged, and asked for', async () => {
    const passkey = await enrolPasskey(server, 'ada')
    const without = await withPasskeyAlone(passkey, { flags: flag.up }, 'lighthouse')
    expect(without.prompt.userVerification).toBe('required')
    expect(without.response.status).toBe(422)
    expect(await answered(without)).toMatchObject({ at: 'identify', refusal: { code: 'wrong-passkey' } })
    const { browser, asked, response } = await withPasskeyAlone(passkey, {}, 'lighthouse')
    expect((await claimsAfter(browser, asked, response))?.amr).toEqual(['hwk', 'user', 'mfa'])
  })

  test('an offer lasts as long as its sign-in, and opening it moves nothing; a refusal opens another one', async () => {
    const passkey = await enrolPasskey(server, 'ada')
    const { browser, page, view } = await atTheDoor(server)
    const again = await underWayIn(await browser.get(`${page}/view`))
    expect(passkeyAsked(again)).toEqual(passkeyAsked(view))
    expect([view.revision, again.revision]).toEqual([0, 0])
    server.clock.aheadMs += 14 * 60_000
    const wrong = passkey.sign(passkeyAsked(view).prompt, { clientData: { origin: 'https://evil.test' } })
    const refused = await underWayIn(await sendPasskey(browser, page, view, wrong))
    expect(passkeyAsked(refused).prompt.challenge).not.toBe(passkeyAsked(view).prompt.challenge)
    const right = passkey.sign(passkeyAsked(refused).prompt)
    expect(await viewIn(await sendPasskey(browser, page, refused, right))).toMatchObject({ at: 'done' })
  })

  test('is offered where a first step admits it, and to nobody who was named', async () => {
    const { view } = await atTheDoor(server, 'treasury')
    expect(view).toMatchObject({ at: 'identify', usernameless: [] })
    const { browser, page, view: first } = await atTheDoor(server)
    const named = await identify(browser, page, first, 'ada')
    const passkey = await enrolPasskey(server, 'ada')
    const { id, prompt } = passkeyAsked(first)
    const fields = { challenge: id, revision: named.revision, answer: passkey.sign(prompt) }
    expect((await browser.post(`${page}/answer`, fields)).status).toBe(409)
    const restarted = await underWayIn(await browser.post(`${page}/restart`, { revision: named.revision }))
    expect(passkeyAsked(restarted).prompt.challenge).not.toBe(prompt.challenge)
  })

  test('a password manager is told of all of the person’s passkeys, and of their names', async () => {
    const [one, other] = [await enrolPasskey(server, 'grace'), await enrolPasskey(server, 'grace')]
    const { news } = await answered(await withPasskeyAlone(one))
    expect(news?.told.ids.toSorted()).toEqual([one.id, other.id].toSorted())
    expect(news?.told).toMatchObject({
      rpId: 'localhost',
      userId: one.userHandle,
      name: 'grace',
      displayName: grace.name,
    })
    expect(other.userHandle).toBe(one.userHandle)
  })
})

describe('as a second step', () => {
  test('the person’s own passkeys are named, and one of them is enough: pwd, hwk, user, mfa', async () => {
    const [passkey, spare] = [await enrolPasskey(server, 'ada'), await enrolPasskey(server, 'ada')]
    const { browser, asked, page, view } = await atTheSecondDoor(ada)
    const { prompt } = passkeyAsked(view)
    expect(prompt.allowCredentials).toContainEqual({ type: 'public-key', id: passkey.id, transports: ['internal'] })
    // A key of the second factor alone keeps nothing of its own: it does not say whose it is.
    spare.userHandle = undefined
    const claims = await claimsAfter(browser, asked, await sendPasskey(browser, page, view, spare.sign(prompt)))
    expect(claims?.amr).toEqual(['pwd', 'hwk', 'user', 'mfa'])
  })

  test('a challenge is renewed after a minute, and good for two', async () => {
    const passkey = await enrolPasskey(server, 'ada')
    const { browser, page, view } = await atTheSecondDoor(ada)
    expect(view).toMatchObject({ challenge: { renewInMs: expect.closeTo(60_000, -4) } })
    server.clock.aheadMs += 61_000
    const renewed = await underWayIn(await browser.get(`${page}/view`))
    expect(passkeyAsked(renewed).prompt.challenge).not.toBe(passkeyAsked(view).prompt.challenge)
    server.clock.aheadMs += 121_000
    const late = await sendPasskey(browser, page, renewed, passkey.sign(passkeyAsked(renewed).prompt))
    const refused = await underWayIn(late)
    expect([late.status, refused.refusal?.code]).toEqual([422, 'too-late'])
    expect(passkeyAsked(refused).prompt.challenge).not.toBe(passkeyAsked(renewed).prompt.challenge)
    const right = passkey.sign(passkeyAsked(refused).prompt)
    expect((await sendPasskey(browser, page, refused, right)).status).toBe(200)
  })
})

describe('what was proven and what is asked for', () => {
  test('a session’s password is not asked again', async () => {
    const passkey = await enrolPasskey(server, 'ada')
    const { browser, asked, page, view } = await atTheDoor(server)
    const named = await identify(browser, page, view, 'ada')
    const choice = await underWayIn(await browser.post(`${page}/challenge`, { revision: named.revision }))
    const open = await choose(browser, page, choice, 'password')
    await claimsAfter(browser, asked, await browser.post(`${page}/answer`, answerOf(open, ada.password)))

    const more = await ask(server, 'treasury')
    const next = await arrive(browser, more)
    const { prompt } = passkeyAsked(next.view)
    expect(prompt.allowCredentials.map(({ id }) => id)).toContain(passkey.id)
    const claims = await claimsAfter(
      browser,
      more,
      await sendPasskey(browser, next.page, next.view, passkey.sign(prompt)),
    )
    expect(claims?.amr).toEqual(['pwd', 'hwk', 'user', 'mfa'])
  })

  test('two kinds that a request asks for are demanded of a passkey that is alone', async () => {
    const { view } = await atTheDoor(server, 'wharf', { acr_values: 'urn:sallyport:acr:mfa' })
    expect(passkeyAsked(view).prompt.userVerification).toBe('required')
    expect(passkeyAsked((await atTheDoor(server, 'wharf')).view).prompt.userVerification).toBe('discouraged')
  })

  test('what a passkey proved ends with it', async () => {
    const passkey = await enrolPasskey(server, 'ada')
    const { browser, asked, response } = await withPasskeyAlone(passkey)
    await claimsAfter(browser, asked, response)
    const { authenticators } = server.app.context.store
    const own = await authenticators.find('passkey', passkey.id)
    expect(own && (await authenticators.remove(own))).toBe(true)
    const silent = await ask(server, 'harbour', { prompt: 'none' })
    expect((await browser.follow(silent.url)).url).toContain('error=login_required')
  })
})
