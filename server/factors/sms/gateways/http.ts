import { once } from 'node:events'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { bytesOf } from '../../../http/bytes.ts'
import type { Secret } from '../../../secrets/secret.ts'
import { type Handed, patienceMs, type Sender } from './sender.ts'

/** An operator's gateway. In URL and body, {to}, {digits}, {from} and {text} stand for the message's fields. */
export interface Gateway {
  readonly url: Secret<string>
  readonly method: 'GET' | 'POST'
  readonly headers: ReadonlyMap<string, Secret<string>>
  readonly body: Secret<string> | null
  /** The pattern of an answer that accepts the message. */
  readonly sent: RegExp
  /** The pattern of an answer that has queued the message for later. */
  readonly queued: RegExp | null
}

const longestAnswerBytes = 64 * 1024

export const openHttp = (gateway: Gateway, from: string): Sender => ({
  async send({ to, body: text }) {
    const fields = { to, digits: to.replace('+', ''), from, text }
    const headers = new Headers([...gateway.headers].map(([name, value]) => [name, value.reveal()]))
    const written = writerFor(headers.get('content-type') ?? '')
    let stood = false
    try {
      const url = new URL(filled(gateway.url.reveal(), fields, encodeURIComponent))
      const signal = AbortSignal.timeout(patienceMs)
      const init = { method: gateway.method, headers: Object.fromEntries(headers), signal, agent: false } as const
      const { request, stands } = url.protocol === 'https:' ? overTls : plain
      const asked = request(url, init).once('socket', (socket) => {
        socket.once(stands, () => {
          stood = true
        })
      })
      const answered: Promise<readonly IncomingMessage[]> = once(asked, 'response', { signal })
      asked.end(gateway.body === null ? undefined : filled(gateway.body.reveal(), fields, written))
      const [response] = await answered
      // A redirect (3xx) is not followed: it leads to an address that the operator did not configure.
      const answer = response && (await bytesOf(response, longestAnswerBytes))
      return judged(gateway, response?.statusCode ?? 0, answer?.toString() ?? null)
    } catch (error) {
      // Before the connection, which includes the check of its certificate, nothing of the message has left.
      return { is: stood ? 'late' : 'refused', because: reasonOf(error) }
    }
  },
  async close() {},
})

const plain = { request: requestHttp, stands: 'connect' } as const
const overTls = { request: requestHttps, stands: 'secureConnect' } as const

/** The outcome from the gateway's answer. The status alone is not enough: Kannel answers 202 to queued messages. */
function judged({ sent, queued }: Gateway, status: number, answer: string | null): Handed {
  const because = `HTTP ${status}`
  if (status >= 200 && status < 300 && answer !== null) {
    if (sent.test(answer)) return { is: 'sent' }
    if (queued?.test(answer)) return { is: 'late', because }
  }
  return { is: status >= 500 ? 'late' : 'refused', because }
}

const filled = (template: string, fields: Readonly<Record<string, string>>, written: (text: string) => string) =>
  template.replace(/\{(to|digits|from|text)\}/g, (_, name: string) => written(fields[name] ?? ''))

/** The escaping of values for a body of this media type. */
function writerFor(type: string): (text: string) => string {
  if (type.includes('json')) return (text) => JSON.stringify(text).slice(1, -1)
  return type.includes('x-www-form-urlencoded') ? encodeURIComponent : (text) => text
}

function reasonOf(error: unknown): string {
  const { name, code, cause } = error as NodeJS.ErrnoException
  return cause instanceof Error ? cause.name : (code ?? name)
}
