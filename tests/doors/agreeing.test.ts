import { beforeEach, expect, test } from 'vitest'
import { codeOf, nextStep } from '../app.ts'
import { Browser } from '../browser.ts'
import { ada, grace } from '../people/people.ts'
import {
  type Asked,
  arrive,
  ask,
  codeAnswerOf,
  errorIn,
  redeem,
  signIn,
  type UnderWay,
  underWayIn,
} from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// What somebody is asked besides proofs: which account it is, and what somebody else's relying party may know.

const server = await serverForAll(
  ({ harbour }) => `bench: { people: people.yaml }
attempts: { per_address_a_minute: 100000 }
scopes: { work: { department: { attribute: department } } }
policies:
  staff: { rules: [{ name: everyone, then: { primary: [password] } }] }
  payroll: { rules: [{ name: everyone, then: { primary: [password, totp] } }] }
clients:
  harbour: { client_name: Harbour, redirect_uris: ['${harbour}/callback'], policy: staff }
  payroll: { client_name: Payroll, redirect_uris: ['${harbour}/callback'], policy: payroll }
${['travel', 'parcels', 'weather', 'lunch']
  .map(
    (id) => `  ${id}: { client_name: ${id}, redirect_uris: ['${harbour}/callback'], policy: staff, third_party: true }`,
  )
  .join('\n')}
`,
)
beforeEach(() => nextStep(server))
const selecting = { prompt: 'select_account' }

async function signedIn(person = ada) {
  const browser = new Browser()
  const asked = await ask(server)
  await redeem(asked, await signIn(browser, asked, person))
  return browser
}
const post = async (browser: Browser, view: UnderWay, action: string, extra: object = {}) => {
  const body = { revision: view.revision, ...extra }
  return underWayIn(await browser.post(`${server.issuer}/sign-in/${view.uid}/${action}`, body))
}
const endOf = async (browser: Browser, view: UnderWay) => {
  if (view.at !== 'done') throw new Error(JSON.stringify(view))
  return (await browser.follow(view.goTo)).url
}

test('select_account asks somebody who is signed in whether it is this account, and nothing more', async () => {
  const browser = await signedIn()
  const asked = await ask(server, 'harbour', selecting)
  const { view } = await arrive(browser, asked)
  expect(view).toMatchObject({ at: 'account', username: 'ada', person: 'Ada Lovelace', doors: [] })
  const claims = (await redeem(asked, await endOf(browser, await post(browser, view, 'agree')))).claims()
  expect(claims?.amr).toEqual(['pwd'])
})

test('what is missing is asked after that', async () => {
  const browser = await signedIn(grace)
  const asked = await ask(server, 'payroll', selecting)
  const { page, view } = await arrive(browser, asked)
  expect(view.at).toBe('account')
  const code = await post(browser, view, 'agree')
  const [phone] = grace.apps
  if (!phone) throw new Error('grace has no app')
  const done = await underWayIn(await browser.post(`${page}/answer`, codeAnswerOf(code, codeOf(server, phone))))
  const claims = (await redeem(asked, await endOf(browser, done))).claims()
  expect(claims?.amr).toEqual(['pwd', 'otp', 'mfa'])
})

test('another account is asked who it is', async () => {
  const browser = await signedIn()
  const { view } = await arrive(browser, await ask(server, 'harbour', selecting))
  expect(await post(browser, view, 'restart')).toMatchObject({ at: 'identify', username: '' })
})

test('with nobody signed in there is nothing to select; silently it cannot be', async () => {
  const asked = await ask(server, 'harbour', selecting)
  expect((await redeem(asked, await signIn(new Browser(), asked, ada))).claims()?.amr).toEqual(['pwd'])
  const silent = await ask(server, 'harbour', { prompt: 'none select_account' })
  expect(errorIn((await (await signedIn()).follow(silent.url)).url)).toBe('invalid_request')
})

/** Up to the page that asks what may be known. */
async function atConsent(browser: Browser, asked: Asked) {
  const { response } = await browser.follow(asked.url)
  return underWayIn(response)
}

test('somebody else’s relying party is told nothing before the person allows it, and is asked for once', async () => {
  const browser = await signedIn()
  const asked = await ask(server, 'travel', { scope: 'openid email work' })
  const view = await atConsent(browser, asked)
  expect(view).toMatchObject({ at: 'consent', person: 'Ada Lovelace', scopes: ['openid', 'email', 'work'] })
  await redeem(asked, await endOf(browser, await post(browser, view, 'agree')))

  const again = await ask(server, 'travel', { scope: 'openid email' })
  await redeem(again, (await browser.follow(again.url)).url)
  const elsewhere = await ask(server, 'travel', { scope: 'openid work' })
  await redeem(elsewhere, await signIn(new Browser(), elsewhere, ada))
  const more = await ask(server, 'travel', { scope: 'openid email groups' })
  expect(await atConsent(browser, more)).toMatchObject({ at: 'consent', scopes: ['openid', 'email', 'groups'] })
  const others = await ask(server, 'travel', { scope: 'openid email' })
  expect(await atConsent(await signedIn(grace), others)).toMatchObject({ at: 'consent' })
})

test('it is asked after the sign-in, and what was fresh then still is', async () => {
  const browser = await signedIn()
  const asked = await ask(server, 'parcels', { scope: 'openid', prompt: 'login' })
  const consent = await signIn(browser, asked, ada)
  const view = await underWayIn(await browser.get(consent))
  expect(view).toMatchObject({ at: 'consent', scopes: ['openid'] })
  const claims = (await redeem(asked, await endOf(browser, await post(browser, view, 'agree')))).claims()
  expect(claims?.amr).toEqual(['pwd'])
})

test('who does not want to share says so, and the relying party is told', async () => {
  const browser = await signedIn()
  const view = await atConsent(browser, await ask(server, 'weather', { scope: 'openid profile' }))
  expect(errorIn(await endOf(browser, await post(browser, view, 'cancel')))).toBe('access_denied')
  const silent = await ask(server, 'weather', { scope: 'openid profile', prompt: 'none' })
  expect(errorIn((await browser.follow(silent.url)).url)).toBe('consent_required')
})

test('nothing else than saying yes is a yes; a single claim stands for its scope', async () => {
  const browser = await signedIn()
  const claims = JSON.stringify({ userinfo: { department: null, acr: null } })
  const view = await atConsent(browser, await ask(server, 'lunch', { scope: 'openid', claims }))
  expect(view).toMatchObject({ at: 'consent', scopes: ['openid', 'work'] })
  const { uid, revision } = view
  for (const [action, extra] of [
    ['restart', {}],
    ['extend', {}],
    ['identify', { username: 'ada' }],
    ['challenge', { factor: 'password' }],
    ['agree', { revision: revision + 9 }],
  ] as const) {
    const now = await underWayIn(await browser.get(`${server.issuer}/sign-in/${uid}/view`))
    const after = await post(browser, now, action, extra)
    expect(`${action} ${after.at}`).not.toBe(`${action} done`)
  }
  const silent = await ask(server, 'lunch', { scope: 'openid', prompt: 'none' })
  expect(errorIn((await browser.follow(silent.url)).url)).toBe('consent_required')
})

test('our own ask nobody, unless they want it asked', async () => {
  const browser = await signedIn()
  const plain = await ask(server)
  await redeem(plain, (await browser.follow(plain.url)).url)
  const asked = await ask(server, 'harbour', { prompt: 'consent' })
  const view = await atConsent(browser, asked)
  expect(view.at).toBe('consent')
  await redeem(asked, await endOf(browser, await post(browser, view, 'agree')))
})

test('nothing is allowed by somebody who was disabled before they said yes', async () => {
  const browser = await signedIn()
  const { page, view } = await arrive(browser, await ask(server, 'lunch'))
  expect(view.at).toBe('consent')
  const { store } = server.app.context
  const person = await store.people.byName('ada')
  if (!person) throw new Error('There is no ada.')
  await store.people.put({ ...person, disabled: true }, ['ada', ada.email])
  await browser.get(`${page}/view`)
  expect(await store.documents.get('Consent', JSON.stringify([person.id, 'lunch']))).toBeNull()
  await store.people.put(person, ['ada', ada.email])
})
