import { expect, test } from 'vitest'
import { codeOf, nextStep } from '../app.ts'
import { Browser } from '../browser.ts'
import { ada, demo } from '../people/people.ts'
import { answerOf, arrive, ask, choose, codeAnswerOf, identify, redeem, underWayIn } from '../sign-in.ts'
import { serverForAll, type TestServer } from '../test-server.ts'

// The attack: guess at somebody's second factor until it is disabled; to end the sessions that rest on it, or to be let off
// the step, or be given a factor of one's own, because there is nothing left that could be asked for.

const most = 3
const settings = `per_address_a_minute: 1000, free_failures: 50, disable_after: ${most}`
const [phone] = ada.apps as [(typeof ada.apps)[number]]

const server = await serverForAll((clients) => demo(clients, settings))
const inline = await serverForAll((clients) => demo(clients, settings).replace('totp] }', 'totp], enrol: inline }'))
const grace = await serverForAll((clients) => demo(clients, settings).replace('totp] }', 'totp], enrol: grace 14d }'))
const graceForTwo = await serverForAll((clients) =>
  demo(clients, settings).replace('totp] }', 'grid, totp], enrol: grace 14d }'),
)

async function atTheCode(of: TestServer) {
  const browser = new Browser()
  const asked = await ask(of, 'treasury')
  const { page, view } = await arrive(browser, asked)
  const post = async (action: string, body: object) => underWayIn(await browser.post(`${page}/${action}`, body))
  const named = await identify(browser, page, view, ada.username)
  return { browser, asked, page, post, view: await post('answer', answerOf(named, ada.password)) }
}
const withPhone = async (at: Awaited<ReturnType<typeof atTheCode>>) =>
  at.view.at === 'choose' ? choose(at.browser, at.page, at.view, phone.label) : at.view

/** Guesses until every app of Ada's is disabled. */
async function guessAway(of: TestServer) {
  for (const { label } of ada.apps)
    for (let failure = 0; failure < most; failure++) {
      const { browser, page, post, view } = await atTheCode(of)
      const at = view.at === 'choose' ? await choose(browser, page, view, label) : view
      if (at.at === 'answer') await post('answer', codeAnswerOf(at, '000000'))
    }
  const person = await of.app.context.store.people.byName('ada')
  const apps = await of.app.context.store.authenticators.list(person?.id ?? '', 'totp')
  expect(apps.map(({ failuresAfterProof }) => failuresAfterProof)).toEqual(apps.map(() => most))
}

test('guessing ends the use of an authenticator, and not the sessions that it has opened', async () => {
  nextStep(server)
  const mine = await atTheCode(server)
  const done = await mine.post('answer', codeAnswerOf(await withPhone(mine), codeOf(server, phone)))
  if (done.at !== 'done') throw new Error(done.at)
  await redeem(mine.asked, (await mine.browser.follow(done.goTo)).url)

  await guessAway(server)
  const silent = await ask(server, 'treasury', { prompt: 'none' })
  const tokens = await redeem(silent, (await mine.browser.follow(silent.url)).url)
  expect(tokens.claims()?.amr).toEqual(['pwd', 'otp', 'mfa'])

  nextStep(server, 4)
  const { view, post } = await atTheCode(server)
  expect(view).toMatchObject({ at: 'refused', why: 'not-enrolled', missing: ['totp'] })
  expect((await post('challenge', { revision: view.revision, factor: 'totp' })).at).toBe('refused')
})

test.each([
  ['inline', inline],
  ['grace', grace],
  ['grace, also for a grid that she never had', graceForTwo],
])('somebody with the password alone guesses the step away, where the policy enrols %s: refused', async (_, of) => {
  await guessAway(of)
  const { view, post } = await atTheCode(of)
  expect(view).toMatchObject({ at: 'refused', why: 'not-enrolled' })
  expect(await post('enrol', { revision: view.revision, factor: 'totp' })).toMatchObject({ at: 'refused' })
})
