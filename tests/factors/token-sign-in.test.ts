import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codeAt } from '#server/factors/oath/codes.ts'
import { testerFor } from '../bench.ts'
import { Browser } from '../browser.ts'
import { file, folder, sallyport } from '../cli/run.ts'
import { fifty, rounds } from '../exhaustive.ts'
import { ada, demo } from '../people/people.ts'
import { answerOf, arrive, ask, choose, codeAnswerOf, identify, redeem, type UnderWay, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'
import { plain, preSharedKey, withKey } from '../token-seeds/rfc6030.ts'
import rfc from './rfc4226.json' with { type: 'json' }

const server = await serverForAll((clients) => demo(clients).replace('[password, totp]', '[password, token]'))
const seeds = folder()
const tokens = (...args: readonly string[]) =>
  sallyport(['tokens', ...args, '--config', join(server.dataFolder, 'sallyport.yaml'), '--data', server.dataFolder])

const device = { secret: rfc.secret, algorithm: 'sha1', digits: 8 } as const
const press = (counter: number) => codeAt(device, counter)

async function atToken(which?: string) {
  const browser = new Browser()
  const asked = await ask(server, 'treasury')
  const { page, view } = await arrive(browser, asked)
  const named = await identify(browser, page, view, ada.username)
  const post = async (answer: object) => underWayIn(await browser.post(`${page}/answer`, answer))
  const begun = await post(answerOf(named, ada.password))
  const open = which && begun.at === 'choose' ? await choose(browser, page, begun, which) : begun
  return { browser, asked, post, open }
}
const answered = async (code: string) => {
  const { open, post } = await atToken('Token 987654321')
  return post(codeAnswerOf(open, code))
}

test('a seed file is imported whole or not at all, and a token handed out once', async () => {
  const encrypted = file(seeds, 'seeds.xml', withKey)
  expect(await tokens('import', encrypted)).toMatchObject({ code: 1, err: expect.stringContaining('--key-file') })
  expect(await tokens('import', encrypted, '--key-file', join(seeds, 'absent'))).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^[^\n]*absent[^\n]*This file cannot be read \(ENOENT\)\.\n$/),
  })
  const key = ['--key-file', file(seeds, 'key', `${preSharedKey}\n`)]
  expect(await tokens('import', encrypted, ...key)).toMatchObject({ code: 0, out: '1 imported.\n' })
  const hex = '3132333435363738393031323334353637383930'
  const more = file(seeds, 'more.csv', `B1,${hex}\n987654321,${hex}\n`)
  expect(await tokens('import', more)).toMatchObject({ code: 1, err: expect.stringMatching(/here already: 987654321/) })
  const twice = file(seeds, 'twice.csv', `B1,${hex}\nB1,${hex}\n`)
  expect(await tokens('import', twice)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/: B1: It is twice in this file/),
  })
  // Nothing of a file that was refused is there.
  expect(await tokens('assign', 'B1', 'ada')).toMatchObject({ code: 1, err: expect.stringMatching(/no token B1/) })

  expect(await tokens('assign', '987654321', 'nobody')).toMatchObject({ code: 1 })
  expect(await tokens('assign', '987654321', 'ada')).toMatchObject({ code: 0, out: "Token 987654321 is ada's.\n" })
  expect(await tokens('assign', '987654321', 'grace')).toMatchObject({ code: 1 })
  expect(await tokens('import', file(seeds, 'plain.xml', plain))).toMatchObject({ code: 1 })
  expect((await testerFor(server, 'ada').carries()).map(({ label }) => label)).toContain('Token 987654321')
})

test('its code signs in, and the token says otp and hwk', async () => {
  const { browser, asked, open, post } = await atToken()
  expect(open).toMatchObject({ at: 'answer', challenge: { factor: 'token', prompt: { digits: 8, following: false } } })
  const done = await post(codeAnswerOf(open, press(0)))
  if (done.at !== 'done') throw new Error(JSON.stringify(done))
  const claims = (await redeem(asked, (await browser.follow(done.goTo)).url)).claims()
  expect(claims?.amr).toEqual(['pwd', 'otp', 'hwk', 'mfa'])
  expect(claims?.acr).toBe('urn:sallyport:acr:aal2')
})

test('wrong and used codes have words of their own', async () => {
  expect((await answered(press(0))).refusal?.code).toBe('used-code')
  expect((await answered('00000000')).refusal?.code).toBe('wrong-token-code')
})

test('one that ran ahead is asked for the next code, and is right where it is from then on', async () => {
  const { open, post } = await atToken()
  const again = await post(codeAnswerOf(open, press(50)))
  expect(again).toMatchObject({ at: 'answer', refusal: null, challenge: { prompt: { digits: 8, following: true } } })
  // The first question is closed, and the same code is no answer to the second.
  expect((await post(codeAnswerOf(open, press(51)))).refusal?.code).toBe('stale')
  const same = await post(codeAnswerOf(again, press(50)))
  expect(same).toMatchObject({ at: 'answer', challenge: { prompt: { following: true } } })
  expect((await post(codeAnswerOf(same, press(51)))).at).toBe('done')
  expect((await answered(press(52))).at).toBe('done')
  expect((await answered(press(51))).refusal?.code).not.toBeUndefined()
})

test('looking for one that ran ahead costs attempts like every other answer', async () => {
  server.clock.aheadMs += 60 * 60_000
  let { open, post } = await atToken()
  const codes = [70, 80, 90, 100, 110, 120].map(press)
  const views: UnderWay[] = []
  for (const code of codes) {
    open = await post(codeAnswerOf(open, code))
    views.push(open)
  }
  expect(views.at(-1)?.refusal?.code).toBe('locked')
  server.clock.aheadMs += 60 * 60_000
})

test('of fifty uses of one code at once, one gets in', async () => {
  for (let round = 0; round < rounds(1, 20); round++) {
    server.clock.aheadMs += 60 * 60_000
    const all = await fifty(() => atToken())
    const code = press(53 + round)
    const ends = await Promise.all(all.map(({ open, post }) => post(codeAnswerOf(open, code))))
    expect(ends.filter(({ at }) => at === 'done')).toHaveLength(1)
  }
})
