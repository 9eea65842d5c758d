import { beforeAll, expect, test } from 'vitest'
import { Browser } from '../browser.ts'
import { ada, grace } from '../people/people.ts'
import { ask, errorIn, redeem, refusedAfter, signIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// Somebody's `id_token_hint` holds a request to one person, and a `sub` in `claims` beside it lets another one answer.
// Every subject that a request names holds (OpenID Connect Core 1.0 §3.1.2.1, §5.5.1); if they differ it is an error.

const server = await serverForAll()
const hints: Record<string, string> = {}
const subs: Record<string, string> = {}
beforeAll(async () => {
  for (const person of [ada, grace]) {
    const asked = await ask(server)
    const tokens = await redeem(asked, await signIn(new Browser(), asked, person))
    hints[person.username] = tokens.id_token ?? ''
    subs[person.username] = tokens.claims()?.sub ?? ''
  }
})
async function signedIn() {
  const browser = new Browser()
  await signIn(browser, await ask(server), grace)
  return browser
}
const subIn = (place: string, who: string, as = 'value') =>
  JSON.stringify({ [place]: { sub: { [as]: as === 'value' ? subs[who] : [subs[who]] } } })

test.each([
  ['id_token', 'value'],
  ['id_token', 'values'],
  ['userinfo', 'value'],
] as const)(
  'a hint for one person and a sub of another in %s (%s) is an error, and nobody is signed in',
  async (place, as) => {
    for (const more of [{}, { prompt: 'none' }, { prompt: 'login' }]) {
      const hint = hints.ada ?? ''
      const asked = await ask(server, 'harbour', { id_token_hint: hint, claims: subIn(place, 'grace', as), ...more })
      expect(errorIn((await (await signedIn()).follow(asked.url)).url)).toBe('invalid_request')
    }
  },
)

test('so is a sub in one part of claims and another in the other, one that is no text, and one of several', async () => {
  for (const claims of [
    { id_token: { sub: { value: subs.ada } }, userinfo: { sub: { value: subs.grace } } },
    { id_token: { sub: { value: 7 } } },
    { id_token: { sub: { values: [] } } },
    { id_token: { sub: { values: [subs.ada, subs.grace] } } },
    { id_token: { sub: { value: subs.grace, values: [subs.ada] } } },
  ]) {
    const asked = await ask(server, 'harbour', { claims: JSON.stringify(claims) })
    expect(errorIn((await (await signedIn()).follow(asked.url)).url)).toBe('invalid_request')
  }
})

test('a sub in userinfo alone is for that person, with a session and without one', async () => {
  const silent = await ask(server, 'harbour', { claims: subIn('userinfo', 'ada'), prompt: 'none' })
  expect(errorIn((await (await signedIn()).follow(silent.url)).url)).toBe('login_required')
  const asked = await ask(server, 'harbour', { claims: subIn('userinfo', 'ada') })
  expect(await refusedAfter(new Browser(), asked, grace)).toEqual({ why: 'wrong-person', error: 'login_required' })
})

test('where all name one person that person signs in; login_hint is a hint, whomever it names', async () => {
  const claims = JSON.stringify({
    id_token: { sub: { value: subs.grace } },
    userinfo: { sub: { values: [subs.grace] } },
  })
  const asked = await ask(server, 'harbour', { id_token_hint: hints.grace ?? '', claims, login_hint: 'ada' })
  expect((await redeem(asked, (await (await signedIn()).follow(asked.url)).url)).claims()?.sub).toBe(subs.grace)
  const hinted = await ask(server, 'harbour', { login_hint: 'ada' })
  expect((await redeem(hinted, await signIn(new Browser(), hinted, grace))).claims()?.sub).toBe(subs.grace)
})
