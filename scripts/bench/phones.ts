// The phones of the benchmark's people, behind a gateway that accepts every text message at once.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const codes = new Map<string, string>()
const gateway = createServer((req, res) => {
  const { searchParams } = new URL(req.url ?? '/', 'http://gateway')
  codes.set(searchParams.get('to') ?? '', /#(\d+)$/.exec(searchParams.get('text') ?? '')?.[1] ?? '')
  res.end('ok')
}).listen(0, '127.0.0.1')
await once(gateway, 'listening')
gateway.unref()
const { port } = gateway.address() as AddressInfo

/** The number of a person: `person-42` has +41 79 000 00 42. */
export const numberOf = (username: string): string => `+4179${username.replace(/\D/g, '').padStart(7, '0')}`
/** The code that a person's phone was sent last. */
export const codeFor = (username: string): string => codes.get(numberOf(username)) ?? ''

export const texting = `sms: { countries: [CH], sender: { http: { method: GET, sent: '^ok', url: 'http://127.0.0.1:${port}/?to={to}&text={text}' } } }`
