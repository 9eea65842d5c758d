import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { codeAt } from '#server/factors/oath/codes.ts'
import { Browser } from '../browser.ts'
import { file, folder, sallyport } from '../cli/run.ts'
import { ada, demo } from '../people/people.ts'
import { answerOf, arrive, ask, choose, codeAnswerOf, identify, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'
import rfc from './rfc4226.json' with { type: 'json' }

// RFC 4226 §7.4: a button that was pressed hundreds of times in vain is further ahead than a sign-in looks. An operator
// brings it back by two codes in a row.

const secret = 'an admin secret of more than thirty-two characters'
const server = await serverForAll(
  (clients) => `admin: { secret: ${secret} }\n${demo(clients).replace('[password, totp]', '[password, token]')}`,
)
const tokens = (...args: readonly string[]) =>
  sallyport(['tokens', ...args, '--config', join(server.dataFolder, 'sallyport.yaml'), '--data', server.dataFolder])
const hex = Buffer.from('12345678901234567890').toString('hex')
const list = `B1,${hex},hotp,6,0,,ada\nT1,${hex},totp,8,30,sha256,ada\n`
expect(await tokens('import', file(folder(), 'seeds.csv', list))).toMatchObject({ code: 0 })

const press = (counter: number) => codeAt({ secret: rfc.secret, algorithm: 'sha1', digits: 6 }, counter)
const show = (steps: number) =>
  codeAt(
    { secret: rfc.secret, algorithm: 'sha256', digits: 8 },
    Math.floor((Date.now() + server.clock.aheadMs) / 30_000) + steps,
  )

async function answered(token: string, code: string) {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server, 'treasury'))
  const named = await identify(browser, page, view, ada.username)
  const begun = await underWayIn(await browser.post(`${page}/answer`, answerOf(named, ada.password)))
  const isOther = begun.at === 'answer' && begun.label !== token
  const choice = isOther
    ? await underWayIn(await browser.post(`${page}/challenge`, { revision: begun.revision }))
    : begun
  const open = choice.at === 'choose' ? await choose(browser, page, choice, token) : choice
  return underWayIn(await browser.post(`${page}/answer`, codeAnswerOf(open, code)))
}
const admin = async (body: object) => {
  const response = await fetch(`${server.issuer}/api/admin/tokens/resync`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() }
}
/** What was recorded of it, oldest first. */
function recorded() {
  const database = new DatabaseSync(join(server.dataFolder, 'sallyport.sqlite'), { readOnly: true })
  const rows = database.prepare("SELECT account, body FROM records WHERE kind = 'resynchronized' ORDER BY at").all()
  database.close()
  return rows.map(({ account, body }) => ({ account, ...JSON.parse(String(body)) }))
}

test('a sign-in does not find a button that is 700 presses ahead; two codes told to an operator do', async () => {
  expect((await answered('Token B1', press(700))).refusal?.code).toBe('wrong-token-code')
  expect(await tokens('resync', 'ada', press(700), press(701))).toEqual({
    code: 0,
    out: '"Token B1" of ada is in step again: it was 700 ahead.\n',
    err: '',
  })
  // Both are used up, and the next one signs in.
  expect((await answered('Token B1', press(701))).refusal?.code).toBe('used-code')
  expect((await answered('Token B1', press(702))).at).toBe('done')
})

test('not in a row, used up, too far ahead or of somebody else, codes are told and change nothing', async () => {
  const wrong = [
    [press(900), press(902)],
    [press(901), press(900)],
    [press(701), press(702)],
    [press(20_000), press(20_001)],
    ['', ''],
  ]
  for (const codes of wrong)
    expect(await admin({ who: 'ada', codes })).toMatchObject({
      status: 400,
      body: {
        detail: expect.stringMatching(
          /^These are no two codes in a row of a token of "ada".* 10000 presses or a day\.$/,
        ),
      },
    })
  const right = [press(900), press(901)]
  for (const [who, detail] of [
    ['grace', '"grace" has no hardware token.'],
    ['nobody', 'There is nobody called "nobody".'],
  ])
    expect(await admin({ who, codes: right })).toMatchObject({ status: 400, body: { detail } })
  expect((await answered('Token B1', press(703))).at).toBe('done')
})

test('as people read them out, up to ten thousand presses ahead', async () => {
  const codes = [press(10_703), press(10_704)].map((code) => `${code.slice(0, 3)} ${code.slice(3)}`)
  expect(await admin({ who: 'ADA', codes })).toMatchObject({ status: 200, body: { token: 'Token B1', ahead: 9999 } })
})

test('over HTTP, a clock that is hours off; it is recorded, with who and by how much', async () => {
  const [first, second] = [show(400), show(401)]
  expect(await admin({ who: 'ada', codes: [first, second] })).toEqual({
    status: 200,
    body: { token: 'Token T1', ahead: 401 },
  })
  expect((await answered('Token T1', second)).refusal?.code).toBe('used-code')
  server.clock.aheadMs += 60_000
  expect((await answered('Token T1', show(401))).at).toBe('done')
  expect(await admin({ who: 'ada', codes: [first, second] })).toMatchObject({
    status: 400,
    body: { detail: expect.stringMatching(/no two codes in a row/) },
  })

  const { id } = (await server.app.context.store.people.byName('ada')) ?? {}
  expect(recorded()).toMatchObject(
    [700, 9999, 401].map((ahead) => ({
      account: id,
      factor: 'token',
      authenticator: expect.any(String),
      ahead,
    })),
  )
  expect(JSON.stringify(recorded())).not.toContain(first)
})
