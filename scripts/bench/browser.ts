// A browser and its requests, in raw HTTP on connections that stay open.
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { gunzipSync } from 'node:zlib'

export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

interface Sent {
  readonly type: string
  readonly body: string
}

export const json = (value: object): Sent => ({ type: 'application/json', body: JSON.stringify(value) })
export const form = (fields: Record<string, string>): Sent => ({
  type: 'application/x-www-form-urlencoded',
  body: new URLSearchParams(fields).toString(),
})

const textOf = (headers: IncomingHttpHeaders, bytes: Buffer) =>
  (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString()

export type Browse = (url: string, sent?: Sent) => Promise<Answered>

/** A browser with one cookie jar, which is enough for one sign-in. */
export function browserOf(agent: Agent): Browse {
  const cookies = new Map<string, string>()
  return (url, sent) =>
    new Promise<Answered>((resolve, reject) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const headers = {
        'accept-encoding': 'gzip, br',
        ...(cookie ? { cookie } : {}),
        ...(sent ? { 'content-type': sent.type, 'content-length': Buffer.byteLength(sent.body) } : {}),
      }
      const req = request(url, { agent, method: sent ? 'POST' : 'GET', headers }, (res) => {
        const chunks: Buffer[] = []
        res.on('data', (chunk) => chunks.push(chunk))
        res.on('error', reject).on('end', () => {
          for (const line of res.headers['set-cookie'] ?? []) {
            const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
            cookies.set(name, value)
          }
          resolve({
            status: res.statusCode ?? 0,
            headers: res.headers,
            text: textOf(res.headers, Buffer.concat(chunks)),
          })
        })
      })
      req.on('error', reject).end(sent?.body)
    })
}

/** Where an answer redirects to. Throws when it does not. */
export function leadsTo(base: string, { status, headers, text }: Answered): string {
  if (!headers.location) throw new Error(`No redirect but ${status}: ${text.slice(0, 300)}`)
  return new URL(headers.location, base).href
}

export const connections = (atOnce: number): Agent => new Agent({ keepAlive: true, maxSockets: atOnce })
