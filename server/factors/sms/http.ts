import { textOf } from '../../guard/body.ts'
import type { Secret } from '../../secret.ts'
import { type Handed, patienceMs, type Sender } from './sender.ts'

/** An operator's gateway. In its URL and its body, {to}, {from} and {text} stand for what is sent. */
export interface Gateway {
  readonly url: Secret<string>
  readonly method: 'GET' | 'POST'
  readonly headers: ReadonlyMap<string, Secret<string>>
  readonly body: Secret<string> | null
  /** What its answer says when it has taken the text. */
  readonly sent: RegExp
  /** What it says when it has kept it for later. */
  readonly queued: RegExp | null
}

const longestAnswerBytes = 64 * 1024
/** No connection was made: nothing was sent. */
const nobodyThere = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])

export const openHttp = (gateway: Gateway, from: string): Sender => ({
  async send({ to, body: text }) {
    const fields = { to, from, text }
    const headers = new Headers([...gateway.headers].map(([name, value]) => [name, value.reveal()]))
    const written = writerFor(headers.get('content-type') ?? '')
    try {
      const response = await fetch(filled(gateway.url.reveal(), fields, encodeURIComponent), {
        method: gateway.method,
        headers,
        ...(gateway.body === null ? {} : { body: filled(gateway.body.reveal(), fields, written) }),
        // Elsewhere is not where the operator sends texts to.
        redirect: 'manual',
        signal: AbortSignal.timeout(patienceMs),
      })
      return judged(gateway, response.status, response.body ? await textOf(response.body, longestAnswerBytes) : '')
    } catch (error) {
      const because = reasonOf(error)
      return { is: nobodyThere.has(because) ? 'refused' : 'late', because }
    }
  },
  async close() {},
})

/** Some answer 202 to what they have only put aside (Kannel): the status alone says nothing. */
function judged({ sent, queued }: Gateway, status: number, answer: string | null): Handed {
  const because = `HTTP ${status}`
  if (status >= 200 && status < 300 && answer !== null) {
    if (sent.test(answer)) return { is: 'sent' }
    if (queued?.test(answer)) return { is: 'late', because }
  }
  return { is: status >= 500 ? 'late' : 'refused', because }
}

const filled = (template: string, fields: Readonly<Record<string, string>>, written: (text: string) => string) =>
  template.replace(/\{(to|from|text)\}/g, (_, name: string) => written(fields[name] ?? ''))

/** A value as it may stand in a body of this type. */
function writerFor(type: string): (text: string) => string {
  if (type.includes('json')) return (text) => JSON.stringify(text).slice(1, -1)
  return type.includes('x-www-form-urlencoded') ? encodeURIComponent : (text) => text
}

function reasonOf(error: unknown): string {
  const { name, cause } = error as Error
  const code = (cause as NodeJS.ErrnoException | undefined)?.code
  return code ?? name
}
