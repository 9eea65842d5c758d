import { beforeEach, expect, test } from 'vitest'
import { codeOf, nextStep } from './app.ts'
import { Browser } from './browser.ts'
import { ada, nobody } from './people/people.ts'
import { answerOf, arrive, ask, choose, codeAnswerOf, identify, underWayIn } from './sign-in.ts'
import { serverForAll } from './test-server.ts'

// A step that several ways lead through: a password, or else the code of an app.

const server = await serverForAll(
  ({ harbour }) => `
bench: { people: people.yaml }
policies: { either: { rules: [{ name: everyone, then: { primary: [password], secondary: [totp] } }] } }
clients: { harbour: { client_name: Harbour Payroll, redirect_uris: ['${harbour}/callback'], policy: either } }
attempts: { per_address_a_minute: 100000 }`,
)
beforeEach(() => nextStep(server, 3))
const [phone] = ada.apps as [(typeof ada.apps)[number]]

async function named(username: string) {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  const post = async (action: string, body: object) => underWayIn(await browser.post(`${page}/${action}`, body))
  return { browser, page, post, view: await identify(browser, page, view, username) }
}

test('before the first proof the choice is the policy’s, and the same for everybody', async () => {
  const shown = []
  for (const username of [ada.username, nobody.username]) {
    const { post, view } = await named(username)
    expect(view).toMatchObject({ at: 'answer', challenge: { factor: 'password' }, canChoose: true })
    const choice = await post('challenge', { revision: view.revision })
    shown.push(choice.at === 'choose' && choice.methods)
  }
  const method = { authenticator: null, label: null, lastUsed: false, lockedUntil: null }
  expect(shown[0]).toEqual([
    { factor: 'password', ...method },
    { factor: 'totp', ...method },
  ])
  expect(shown[1]).toEqual(shown[0])
})

test('a lock on one factor leaves the other one usable', async () => {
  const { browser, page, post, view } = await named(ada.username)
  let open = view
  for (let failure = 0; failure < 5; failure++) open = await post('answer', answerOf(open, 'wrong'))
  expect(open.refusal?.code).toBe('locked')
  const choice = await post('challenge', { revision: open.revision })
  const code = await choose(browser, page, choice, 'totp')
  expect(code).toMatchObject({ at: 'answer', refusal: null, challenge: { factor: 'totp' } })
  expect((await post('answer', codeAnswerOf(code, codeOf(server, phone)))).at).toBe('done')
})

test('what is not offered cannot be opened, nor answered in another factor’s name', async () => {
  const { browser, page, view } = await named(ada.username)
  const { revision } = view
  for (const factor of ['sms', 'recovery-code', '__proto__', ''])
    expect((await browser.post(`${page}/challenge`, { revision, factor })).status).toBe(409)
  const authenticator = 'one of somebody else'
  expect((await browser.post(`${page}/challenge`, { revision, factor: 'totp', authenticator })).status).toBe(409)
  expect((await browser.post(`${page}/answer`, codeAnswerOf(view, codeOf(server, phone)))).status).toBe(400)
})

test('before the first proof a lock is not told in the choice: it would say who was named', async () => {
  const { post, view } = await named('grace')
  let open = view
  for (let failure = 0; failure < 5; failure++) open = await post('answer', answerOf(open, 'wrong'))
  expect(open.refusal?.code).toBe('locked')
  const choice = await post('challenge', { revision: open.revision })
  expect(choice.at === 'choose' && choice.methods.map(({ lockedUntil }) => lockedUntil)).toEqual([null, null])
})
