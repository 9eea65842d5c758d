import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { type Gateway, openHttp } from '#server/factors/sms/gateways/http.ts'
import { Secret } from '#server/secrets/secret.ts'
import { hurried } from '../hurried.ts'

// A gateway over HTTP: what it is sent, and what its answers mean.

let answer: RequestListener = () => {}
const got: { readonly url: string; readonly body: string; readonly auth: string | undefined }[] = []
const server = createServer(async (req, res) => {
  let body = ''
  for await (const chunk of req) body += chunk
  got.push({ url: req.url ?? '', body, auth: req.headers.authorization })
  answer(req, res)
}).listen(0, '127.0.0.1')
await once(server, 'listening')
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
beforeEach(() => void got.splice(0))

const text = { to: '+41791234567', body: '482913 is "your" code & more\n@host #482913' }
const says = (status: number, body: string, headers = {}): void => {
  answer = (_req, res) => void res.writeHead(status, headers).end(body)
}
const sent = (more: Partial<Gateway> = {}) =>
  openHttp(
    {
      url: new Secret(`${origin}/send`),
      method: 'POST',
      headers: new Map(),
      body: null,
      sent: /^ok/u,
      queued: /^queued/u,
      ...more,
    },
    'Sallyport',
  ).send(text)

test('the address, a form and JSON hold what is sent, as each wants it', async () => {
  says(200, 'ok')
  const headers = (type: string) =>
    new Map([
      ['content-type', new Secret(type)],
      ['authorization', new Secret('Basic eDp5')],
    ])
  await sent({ url: new Secret(`${origin}/send?to={to}&text={text}&from={from}`), method: 'GET' })
  expect(Object.fromEntries(new URL(got[0]?.url ?? '', origin).searchParams)).toEqual({
    to: text.to,
    text: text.body,
    from: 'Sallyport',
  })
  await sent({ headers: headers('application/x-www-form-urlencoded'), body: new Secret('To={to}&Body={text}') })
  expect(Object.fromEntries(new URLSearchParams(got[1]?.body))).toEqual({ To: text.to, Body: text.body })
  await sent({ headers: headers('application/json'), body: new Secret('{ "to": "{to}", "text": "{text}" }') })
  expect(JSON.parse(got[2]?.body ?? '')).toEqual({ to: text.to, text: text.body })
  expect(got[2]?.auth).toBe('Basic eDp5')
})

test.each([
  ['taken', 200, 'ok', 'sent'],
  ['put aside', 202, 'queued', 'late'],
  ['something else', 200, 'no credit', 'refused'],
  ['not let in', 403, 'ok', 'refused'],
  ['broken', 500, 'ok', 'late'],
  ['elsewhere', 302, 'ok', 'refused'],
  ['very long', 200, `ok${'x'.repeat(100_000)}`, 'refused'],
] as const)('%s', async (_name, status, body, is) => {
  says(status, body, status === 302 ? { location: `${origin}/elsewhere` } : {})
  expect(await sent()).toMatchObject({ is })
  expect(got.map(({ url }) => url)).toEqual(['/send'])
})

const operators = readFileSync(new URL('../../docs/operators.md', import.meta.url), 'utf8')
/** A row of the documents' table, as an operator would write it down. */
function shapeOf(vendor: string): Partial<Gateway> {
  const row = operators.split('\n').find((line) => line.startsWith(`| ${vendor}'s shape`)) ?? ''
  const [, , url = '', headers = '', body = '', sent = ''] = row.split(/(?<!\\)\|/)
  const lastCode = (cell: string) => (/`([^`]+)`\s*$/.exec(cell)?.[1] ?? '').replaceAll('\\|', '|')
  const [, type = ''] = /`content-type: ([^`]+)`/.exec(headers) ?? []
  return {
    url: new Secret(`${origin}${new URL(lastCode(url)).pathname}`),
    headers: new Map([['content-type', new Secret(type)]]),
    body: new Secret(lastCode(body)),
    sent: new RegExp(lastCode(sent).replace(/^'|'$/g, ''), 'u'),
    queued: null,
  }
}
const twilio = (status: string) =>
  `{"account_sid":"ACff","api_version":"2010-04-01","body":"482913","error_code":null,"num_segments":"1","sid":"SMff","status": "${status}","to":"${text.to}"}`
const vonage = (status: string, more: string) =>
  `{"message-count":"1","messages":[{"to":"41791234567","message-id":"aaaaaaaa-bbbb","status": "${status}",${more}}]}`
const fields = { From: 'Sallyport', Body: text.body, To: text.to }
const keyed = { api_key: '…', api_secret: '…', from: 'Sallyport', text: text.body, to: '41791234567' }

// The answers are those that the vendors' references show.
test.each([
  ['Twilio', 201, twilio('queued'), 'sent', fields],
  ['Twilio', 201, twilio('accepted'), 'sent', fields],
  ['Twilio', 201, twilio('failed'), 'refused', fields],
  ['Twilio', 400, '{"code":21211,"message":"Invalid \'To\' Phone Number","status":400}', 'refused', fields],
  ['Twilio', 401, '{"code":20003,"message":"Authenticate","status":401}', 'refused', fields],
  ['Twilio', 503, '{"code":20503,"message":"Service unavailable","status":503}', 'late', fields],
  ['Vonage', 200, vonage('0', '"remaining-balance":"3.14","network":"12345"'), 'sent', keyed],
  ['Vonage', 200, vonage('1', '"error-text":"Throughput Rate Exceeded"'), 'refused', keyed],
  ['Vonage', 200, vonage('4', '"error-text":"Bad Credentials"'), 'refused', keyed],
] as const)('the documents’ row for %s: %i %s is %s', async (vendor, status, body, is, wanted) => {
  says(status, body)
  expect(await sent(shapeOf(vendor))).toMatchObject({ is })
  expect(Object.fromEntries(new URLSearchParams(got[0]?.body))).toEqual(wanted)
})

test('nobody there, a hang before the answer, in it and without one, a connection that is cut', async () => {
  const nobody = createServer().listen(0, '127.0.0.1')
  await once(nobody, 'listening')
  const { port } = nobody.address() as AddressInfo
  nobody.close()
  const refused = await sent({ url: new Secret(`http://127.0.0.1:${port}/`) })
  expect(refused).toEqual({ is: 'refused', because: 'ECONNREFUSED' })
  answer = (req, res) => {
    if (req.url === '/in-the-answer') res.writeHead(200).write('ok')
    // No answer at all, to HTTP's mind, and no error either.
    if (req.url === '/upgrade')
      req.socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')
  }
  const ways = ['/before-the-answer', '/in-the-answer', '/upgrade']
  const { result, waits } = await hurried(() =>
    Promise.all(ways.map((path) => sent({ url: new Secret(origin + path) }))),
  )
  expect(result.map(({ is }) => is)).toEqual(['late', 'late', 'late'])
  expect(waits).toBe(3)
  answer = (req) => void req.socket.destroy()
  expect(await sent()).toMatchObject({ is: 'late' })
})
