import { expect, test } from 'vitest'
import { Browser, viewIn } from './browser.ts'
import { ada } from './people/people.ts'
import { answerOf, arrive, ask, identify, provenBy, redeem } from './sign-in.ts'
import { serverForAll } from './test-server.ts'

// The guided tour: what is asked at the door becomes what the token says, room by room, over real HTTP.

const server = await serverForAll()

test('acr_values to amr in seven rooms', async () => {
  const browser = new Browser()

  // 1. The door: the authorize request is judged, and nobody is signed in.
  const asked = await ask(server, 'harbour', { acr_values: 'urn:sallyport:acr:aal1' })
  const { page, view } = await arrive(browser, asked)

  // 2. The desk: the first view is in the page itself. One door, and it is who you are.
  expect(view).toMatchObject({ at: 'identify', client: 'Harbour Payroll', refusal: null })
  expect(view.doors).toEqual([{ label: 'who', of: 1, state: 'open' }])

  // 3. The rulebook: the policy's flow has one step, the password.
  const named = await identify(browser, page, view, ada.username)
  expect(named).toMatchObject({ at: 'answer', challenge: { factor: 'password' } })
  expect(named.doors).toEqual([
    { label: 'who', of: 1, state: 'passed' },
    { label: 'password', of: 1, state: 'open' },
  ])

  // 4. The window: an answer, with the revision that it answers.
  const answer = answerOf(named, ada.password)

  // 5. The examiner: the answer is verified; evidence is written in the transaction that changes the sign-in.
  const done = await viewIn(await browser.post(`${page}/answer`, answer))
  expect(done.at).toBe('done')
  const [evidence] = await provenBy(server, named)
  expect(evidence).toMatchObject({ factor: 'password', methods: ['pwd'], proves: ['knows'] })

  // 6. The clerk: the engine is told who it was, and judges the request again on the way out.
  if (done.at !== 'done') return
  const { url } = await browser.follow(done.goTo)
  expect(url.startsWith(`${server.clients.harbour}/callback?code=`)).toBe(true)

  // 7. The interpreter: the evidence, in the client's words.
  const tokens = await redeem(asked, url)
  const claims = tokens.claims()
  expect(claims).toMatchObject({ acr: 'urn:sallyport:acr:aal1', amr: ['pwd'], sub: evidence?.account })
  expect(Math.abs(Date.now() / 1000 - Number(claims?.auth_time))).toBeLessThan(30)
})
