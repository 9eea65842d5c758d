// One sign-in, as a relying party and a browser make it, in raw HTTP on connections that stay open.
import { createHash, randomBytes } from 'node:crypto'
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { gunzipSync } from 'node:zlib'
import type { View } from '../../shared/wire/view.ts'
import { client, usernameOf } from './bench-server.ts'
import type { Sequence } from './sequences.ts'

interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

interface Sent {
  readonly type: string
  readonly body: string
}

/** A browser with one cookie jar, which is enough for one sign-in. */
function browserOf(agent: Agent) {
  const cookies = new Map<string, string>()
  return (url: string, sent?: Sent) =>
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

const textOf = (headers: IncomingHttpHeaders, bytes: Buffer) =>
  (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString()

const random = () => randomBytes(32).toString('base64url')

export function authorizeUrl(issuer: string, verifier: string): string {
  const query = new URLSearchParams({
    client_id: client.id,
    response_type: 'code',
    scope: 'openid profile email',
    redirect_uri: client.redirectUri,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    nonce: random(),
    state: random(),
  })
  return `${issuer}/auth?${query}`
}

const json = (value: object): Sent => ({ type: 'application/json', body: JSON.stringify(value) })
const form = (fields: Record<string, string>): Sent => ({
  type: 'application/x-www-form-urlencoded',
  body: new URLSearchParams(fields).toString(),
})

function seen({ status, text }: Answered): View {
  const inPage = /<script type="application\/json" id="view">(.*?)<\/script>/s.exec(text)?.[1]
  if (status !== 200) throw new Error(`Answered ${status}: ${text.slice(0, 300)}`)
  return JSON.parse(inPage ?? text)
}

function leadsTo(base: string, { status, headers, text }: Answered): string {
  if (!headers.location) throw new Error(`No redirect but ${status}: ${text.slice(0, 300)}`)
  return new URL(headers.location, base).href
}

/** The challenge to answer: the step's, or the usernameless one that is offered with the name field. */
const openIn = (view: View) =>
  view.at === 'answer' ? view.challenge : view.at === 'identify' ? view.usernameless[0] : undefined

/** Servers that take an answer with the name, and those of before, which are asked in two requests. */
const takesBoth = new Map<string, boolean>()

export type Request = 'authorize' | 'page' | 'identify' | 'answer' | 'resume' | 'token'

/** Makes one sign-in, and yields the name of each request before making it. Throws for any unexpected answer. */
export async function* signIn(
  issuer: string,
  agent: Agent,
  sequence: Sequence,
  person: number,
): AsyncGenerator<Request, void> {
  const browse = browserOf(agent)
  const verifier = random()
  yield 'authorize'
  const page = leadsTo(issuer, await browse(authorizeUrl(issuer, verifier)))
  yield 'page'
  let view = seen(await browse(page))
  const by = { username: usernameOf(person), issuer }
  if (view.at === 'identify' && view.usernameless.length === 0) {
    const named = { username: by.username, revision: view.revision }
    const both = takesBoth.get(issuer) !== false && sequence.withName
    yield both ? 'answer' : 'identify'
    const sent = await browse(`${page}/identify`, json(both ? { ...named, answer: sequence.withName } : named))
    takesBoth.set(issuer, takesBoth.get(issuer) ?? sent.status !== 400)
    view = seen(sent.status === 400 ? await browse(`${page}/identify`, json(named)) : sent)
  }
  for (let challenge = openIn(view); challenge && 'revision' in view; challenge = openIn(view)) {
    yield 'answer'
    const fields = { challenge: challenge.id, revision: view.revision, answer: sequence.answer(challenge, by) }
    view = seen(await browse(`${page}/answer`, json(fields)))
    if ('refusal' in view && view.refusal) throw new Error(`Refused: ${view.refusal.code}`)
  }
  if (view.at !== 'done') throw new Error(`Not signed in: ${JSON.stringify(view)}`)
  yield 'resume'
  const callback = new URL(leadsTo(issuer, await browse(view.goTo)))
  yield 'token'
  const code = callback.searchParams.get('code') ?? ''
  const token = { grant_type: 'authorization_code', code, redirect_uri: client.redirectUri, client_id: client.id }
  const got = await browserOf(agent)(`${issuer}/token`, form({ ...token, code_verifier: verifier }))
  if (got.status !== 200 || !JSON.parse(got.text).id_token) throw new Error(`No tokens: ${got.text}`)
}

export const connections = (atOnce: number): Agent => new Agent({ keepAlive: true, maxSockets: atOnce })
