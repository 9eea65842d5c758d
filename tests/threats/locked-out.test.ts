import { expect, test } from 'vitest'
import { SoftPasskey } from '../authenticator.ts'
import { atTheDoor, enrolPasskey, passkeyAsked, sendPasskey, withPasskeys } from '../passkey.ts'
import { ada, grace } from '../people/people.ts'
import { answerOf, identify, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: a lock as a weapon. A stranger types somebody's name and answers with whatever is at hand, until its owner
// is locked out of a factor that nobody can guess (Grafana CVE-2022-39229 is of this kind).

const server = await serverForAll((clients) => withPasskeys(clients).replace(', free_failures: 50', ''))

/** Answers as somebody who was named, or who is not, until something is decided. */
async function withPasskey(passkey: SoftPasskey, username: string | null) {
  const { browser, page, view } = await atTheDoor(server)
  const open = username === null ? view : await identify(browser, page, view, username)
  return underWayIn(await sendPasskey(browser, page, open, passkey.sign(passkeyAsked(open).prompt)))
}

test('whose password is locked signs in with a passkey', async () => {
  const own = await enrolPasskey(server, grace.username)
  const { browser, page, view } = await atTheDoor(server)
  const named = await identify(browser, page, view, grace.username)
  const choice = await browser.post(`${page}/challenge`, { revision: named.revision, factor: 'password' })
  let open = await underWayIn(choice)
  for (const password of [...Array(5).fill('wrong'), grace.password])
    open = await underWayIn(await browser.post(`${page}/answer`, answerOf(open, password)))
  expect(open.refusal?.code).toBe('locked')
  expect((await withPasskey(own, null)).at).toBe('done')
})

test('passkeys of nobody, and of others, do not lock the one who was named', async () => {
  const own = await enrolPasskey(server, ada.username)
  const others = await enrolPasskey(server, grace.username)
  for (let times = 0; times < 6; times++) {
    const strange = new SoftPasskey({ origin: server.issuer })
    strange.userHandle = own.userHandle
    expect(await withPasskey(strange, ada.username)).toMatchObject({ refusal: { code: 'unknown-passkey' } })
    expect(await withPasskey(others, ada.username)).toMatchObject({ refusal: { code: expect.any(String) } })
  }
  expect((await withPasskey(own, ada.username)).at).toBe('done')
  expect((await withPasskey(own, null)).at).toBe('done')
})
