import { Browser } from '../browser.ts'
import type { Placeholders } from './placeholders.ts'

/** What is compared of an answer's headers. */
const headersThatMatter = [
  'content-type',
  'cache-control',
  'content-security-policy',
  'x-content-type-options',
  'x-frame-options',
  'referrer-policy',
  'cross-origin-opener-policy',
  'strict-transport-security',
  'access-control-allow-origin',
  'content-disposition',
  'location',
  'refresh',
  'retry-after',
  'vary',
  'www-authenticate',
] as const

export interface Exchange {
  readonly request: string
  readonly status: number
  /** Those that are not as in the first exchange of the tape; null for one that is not there. */
  readonly headers: Readonly<Record<string, string | readonly string[] | null>>
  readonly body: unknown
}

const inTag = (html: string, pattern: RegExp) => pattern.exec(html)?.[1] ?? ''

/** What is left of a sign-in is taken down as the instant of its end, which it was recorded as. */
const parsed = (json: string): unknown =>
  JSON.parse(json, (name, value) => (name === 'closesInMs' ? new Date(Date.now() + value).toISOString() : value))

/** Lists in the order of what they hold, identifiers apart. */
function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  if (!Array.isArray(value)) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, sorted(one)]))
  const keyOf = (one: unknown) => JSON.stringify(one).replace(/[0-9a-f-]{36}/g, '')
  return value.map(sorted).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

/** Takes down what is answered, in order. */
export class Tape {
  readonly exchanges: Exchange[] = []
  #usual: Readonly<Record<string, string>> = {}
  #isOff = false
  #isUnordered = false
  readonly names: Placeholders

  constructor(names: Placeholders) {
    this.names = names
  }

  /** For what has to happen many times before it is of interest. */
  async silently<T>(work: () => Promise<T>): Promise<T> {
    this.#isOff = true
    try {
      return await work()
    } finally {
      this.#isOff = false
    }
  }

  /** For lists that stand in the order of random identifiers. */
  async inAnyOrder<T>(work: () => Promise<T>): Promise<T> {
    this.#isUnordered = true
    try {
      return await work()
    } finally {
      this.#isUnordered = false
    }
  }

  async keep(method: string, url: string, response: Response): Promise<Response> {
    if (this.#isOff) return response
    const given = Object.fromEntries(
      headersThatMatter.flatMap((name) => {
        const value = response.headers.get(name)
        return value === null ? [] : [[name, this.names.text(value)]]
      }),
    )
    if (this.exchanges.length === 0) this.#usual = given
    const isFirst = this.exchanges.length === 0
    const all = new Set([...Object.keys(this.#usual), ...Object.keys(given)])
    const other = [...all].filter((name) => isFirst || given[name] !== this.#usual[name])
    const cookies = response.headers.getSetCookie().map((line) => this.#cookie(line))
    this.exchanges.push({
      request: `${method} ${this.names.text(url)}`,
      status: response.status,
      headers: {
        ...Object.fromEntries(other.map((name) => [name, given[name] ?? null])),
        ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}),
      },
      body: await this.#body(response.clone()),
    })
    return response
  }

  /** Its name and attributes, and whether it is set or taken away. */
  #cookie(line: string): string {
    const [, name = '', value = '', attributes = ''] = /^([^=]+)=([^;]*)(.*)$/.exec(line) ?? []
    return `${name}=${value === '' ? '' : '<set>'}${this.names.text(attributes)}`
  }

  async #body(response: Response): Promise<unknown> {
    const type = response.headers.get('content-type') ?? ''
    if (/x-pkcs12|x-x509/.test(type)) return `<${type}>`
    const text = await response.text()
    if (text === '') return null
    if (/json/.test(type)) return this.names.value(this.#isUnordered ? sorted(parsed(text)) : parsed(text))
    if (!type.startsWith('text/html')) return this.names.value(text)
    const view = inTag(text, /<script type="application\/json" id="view">(.*?)<\/script>/s)
    if (!view) return this.names.value(text)
    const shell = { title: inTag(text, /<title>(.*?)<\/title>/s), lang: inTag(text, /<html[^>]* lang="([^"]*)"/) }
    return { ...shell, view: this.names.value(parsed(view)) }
  }
}

/** A browser whose every answer is taken down. */
export class Witness extends Browser {
  readonly tape: Tape

  constructor(tape: Tape, from: string) {
    super()
    this.tape = tape
    this.from = from
  }

  override async get(url: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.tape.keep('GET', url, await super.get(url, headers))
  }

  override async post(url: string, body: object | string, headers: Record<string, string> = {}): Promise<Response> {
    return this.tape.keep('POST', url, await super.post(url, body, headers))
  }

  override async postForm(
    url: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.tape.keep('POST', url, await super.postForm(url, fields, headers))
  }
}
