import { describe, expect, test } from 'vitest'
import { SoftPasskey } from '../authenticator.ts'
import { viewIn } from '../browser.ts'
import { atTheDoor, beginPasskey, enrolPasskey, passkeyAsked, sendPasskey, withPasskeys } from '../passkey.ts'
import { grace, nobody } from '../people/people.ts'
import { identify, underWayIn } from '../sign-in.ts'
import { openTestServer, serverForAll } from '../test-server.ts'

const server = await serverForAll(withPasskeys)

describe('people', () => {
  test('who do not exist are asked the same, and refused the same', async () => {
    const shown = []
    for (const { username } of [grace, nobody]) {
      const { browser, page, view } = await atTheDoor(server)
      const open = await identify(browser, page, view, username)
      const { prompt } = passkeyAsked(open)
      const stranger = await enrolPasskey(server, 'ada')
      const theirs = await sendPasskey(browser, page, open, stranger.sign(prompt))
      const refused = await underWayIn(theirs)
      expect(refused.refusal?.code).toBe('wrong-passkey')
      const { prompt: next } = passkeyAsked(refused)
      const unknown = { ...stranger.sign(next), id: 'AAAA', rawId: 'AAAA' }
      const again = await underWayIn(await sendPasskey(browser, page, refused, unknown))
      shown.push([open.doors, { ...prompt, challenge: '' }, theirs.status, again.refusal, again.doors, again.revision])
    }
    expect(shown[0]).toEqual(shown[1])
    expect(shown[0]?.[3]).toEqual({ code: 'unknown-passkey' })
  })

  test('wait after too many failures, and nobody learns from that whose passkey it was', async () => {
    const strict = await openTestServer((clients) =>
      withPasskeys(clients).replace('free_failures: 50', 'free_failures: 5'),
    )
    const [known, other] = [await enrolPasskey(strict, 'ada'), await enrolPasskey(strict, 'grace')]
    const unknown = new SoftPasskey({ origin: strict.issuer })
    const codes = []
    for (const passkey of [known, unknown]) {
      const theirs = []
      for (let failure = 0; failure < 6; failure++) {
        const { browser, page, view } = await atTheDoor(strict)
        const wrong = passkey.sign(passkeyAsked(view).prompt, { rpId: 'evil.test' })
        const { status, headers } = await sendPasskey(browser, page, view, wrong)
        theirs.push([status, headers.get('content-type')])
      }
      codes.push(theirs)
    }
    expect(codes[0]).toEqual(codes[1])
    expect(codes[0]?.map(([status]) => status)).toEqual([422, 422, 422, 422, 429, 429])
    const { browser, page, view } = await atTheDoor(strict)
    expect((await sendPasskey(browser, page, view, other.sign(passkeyAsked(view).prompt))).status).toBe(200)
    await strict.stop()
  })

  test('cannot use the challenge of an enrolment, nor of another sign-in', async () => {
    const passkey = await enrolPasskey(server, 'ada')
    const other = await atTheDoor(server)
    const enrolment = await beginPasskey(server, 'ada')
    for (const challenge of [enrolment.prompt.challenge, passkeyAsked(other.view).prompt.challenge]) {
      const { browser, page, view } = await atTheDoor(server)
      const answer = passkey.sign({ rpId: 'localhost', challenge })
      const refused = await viewIn(await sendPasskey(browser, page, view, answer))
      expect(refused).toMatchObject({ at: 'identify', refusal: { code: 'wrong-passkey' } })
    }
  })
})
