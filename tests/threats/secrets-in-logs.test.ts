import { afterAll, expect, test } from 'vitest'
import { logTo } from '#server/operator/log.ts'
import { testerFor } from '../bench.ts'
import { ada } from '../people/people.ts'
import { codeIn, lastCode, number, texting, textsAt, withPassword, wrongCode } from '../phones.ts'
import { codeAnswerOf, underWayIn } from '../sign-in.ts'
import { openTestServer } from '../test-server.ts'

// The attack: whoever may read the log (or what it is collected in) finds a number to attack, or a code that still works.
// The server logs all that it can; what people entered and what was sent to them is in none of it.

const lines: string[] = []
const server = await openTestServer(
  texting('{ countries: [CH] }', '{ oneOf: [sms, recovery-code] }'),
  logTo('trace', { write: (line: string) => void lines.push(line) }),
)
afterAll(() => server.stop())

test('a phone and recovery codes, enrolled and used, rightly and wrongly', async () => {
  const { outbox } = server.app.context.channels.sms
  if (!outbox) throw new Error('There is an outbox.')
  const adas = testerFor(server, 'ada')
  const asked = await adas.begin('sms')
  const told = { id: asked.id, revision: asked.revision }
  outbox.chaos = 'fail'
  expect(await adas.answer(told, { number })).toMatchObject({ refusal: { code: 'text-not-sent' } })
  outbox.chaos = 'off'
  const open = await adas.answer({ ...told, revision: 2 }, { number })
  if (open.at !== 'asked') throw new Error(JSON.stringify(open))
  const wrongs = [wrongCode(server)]
  const wrong = await adas.answer(open, { code: wrongCode(server) })
  if (wrong.at !== 'asked') throw new Error(JSON.stringify(wrong))
  expect((await adas.answer(wrong, { code: lastCode(server) })).at).toBe('made')
  const recovery = await adas.recoveryCodes()

  const texted = await withPassword(server)
  const sent = await texted.text(texted.choice)
  wrongs.push(wrongCode(server))
  expect((await texted.answer(await texted.answer(sent, wrongCode(server)), lastCode(server))).at).toBe('done')

  const { browser, page, choice, answer } = await withPassword(server)
  const fields = { revision: choice.revision, factor: 'recovery-code' }
  const atCode = await underWayIn(await browser.post(`${page}/challenge`, fields))
  const refused = await underWayIn(await browser.post(`${page}/answer`, codeAnswerOf(atCode, '0000-1111-2222-3333')))
  expect(refused.refusal?.code).toBe('wrong-recovery-code')
  expect((await answer(refused, recovery[0] ?? '')).at).toBe('done')

  const said = lines.join('')
  expect(said).toContain('a text message was not sent')
  const codes = [...textsAt(server).map(({ body }) => codeIn(body)), ...wrongs, ...recovery, '0000-1111-2222-3333']
  expect(codes).toHaveLength(2 + 2 + 10 + 1)
  for (const secret of [
    number,
    number.slice(3),
    ada.password,
    ...codes,
    ...codes.map((one) => one.replaceAll('-', '')),
  ])
    expect([secret, said.includes(secret)]).toEqual([secret, false])
})
