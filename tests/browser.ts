import { CookieJar } from 'tough-cookie'
import type { View } from '#shared/wire/view.ts'

/** A browser without pictures: cookies with their paths, and redirects followed one at a time. */
export class Browser {
  readonly jar = new CookieJar()
  /** What a proxy in front of us says of where it is. */
  from: string | null = null

  async get(url: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.#send(url, { headers })
  }

  async post(url: string, body: object | string, headers: Record<string, string> = {}): Promise<Response> {
    const json = { 'content-type': 'application/json', ...headers }
    return this.#send(url, {
      method: 'POST',
      headers: json,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  }

  async postForm(url: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
    const form = { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(url).origin, ...headers }
    return this.#send(url, { method: 'POST', headers: form, body: new URLSearchParams(fields).toString() })
  }

  /** Follows redirects while they stay on this origin; answers the first response that does not, or is none. */
  async follow(url: string): Promise<{ url: string; response: Response }> {
    const { origin } = new URL(url)
    for (let here = url, hops = 0; ; hops++) {
      const response = await this.get(here)
      const location = response.headers.get('location')
      if (!location) return { url: here, response }
      if (hops > 9) throw new Error(`Too many redirects at ${here}`)
      here = new URL(location, here).href
      if (new URL(here).origin !== origin) return { url: here, response }
    }
  }

  async #send(url: string, init: RequestInit): Promise<Response> {
    const cookie = await this.jar.getCookieString(url)
    const from: Record<string, string> = this.from === null ? {} : { 'x-forwarded-for': this.from }
    const headers = { ...from, ...(init.headers as Record<string, string>), ...(cookie ? { cookie } : {}) }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) await this.jar.setCookie(line, url, { ignoreError: true })
    return response
  }
}

export const viewIn = async (response: Response): Promise<View> => {
  const text = await response.text()
  const json = /<script type="application\/json" id="view">(.*?)<\/script>/s.exec(text)?.[1]
  return JSON.parse(json ?? text)
}

/** The events of a stream, one after the other. */
export function eventsIn({ body }: Response) {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return async () => {
    for (;;) {
      const [event = '', ...rest] = text.split('\n\n')
      if (rest.length > 0) {
        text = rest.join('\n\n')
        const fields = Object.fromEntries(event.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)))
        if ('data' in fields) return { ...fields, view: fields.event ? null : JSON.parse(fields.data) }
        continue
      }
      const { value, done } = (await reader?.read()) ?? { done: true }
      if (done) throw new Error('The stream has ended.')
      text += value
    }
  }
}
