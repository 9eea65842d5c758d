import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { viewIn } from '../browser.ts'
import type { TestServer } from '../test-server.ts'
import { read, readList, readText } from './mapping.ts'
import { Placeholders } from './placeholders.ts'
import { later } from './recorded-server.ts'
import { Tape, Witness } from './tape.ts'

const verifier = 'a code verifier of the recorded walk, which is long enough'.replaceAll(/\W/g, '-')
const challenge = createHash('sha256').update(verifier).digest('base64url')
const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** Somebody who walks through a house, and whose every answer is taken down. */
export class Walker {
  readonly house: TestServer
  readonly tape: Tape
  /** A relying party, an administrator, a tester: nobody who signs in. */
  readonly party: Witness
  #people = 0
  #asked = 0

  readonly #client: string

  constructor(server: TestServer, client: string = server.clients.harbour) {
    this.house = server
    this.#client = client
    const places = { issuer: server.issuer, client, data: server.dataFolder }
    this.tape = new Tape(new Placeholders({ ...places, 'by number': server.issuer.replace('localhost', '127.0.0.1') }))
    this.party = this.browser()
  }

  /** A new browser, at an address of its own. */
  browser(): Witness {
    return new Witness(this.tape, `192.0.2.${++this.#people}`)
  }

  get redirectUri(): string {
    return `${this.#client}/callback`
  }

  fields(client: string, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
    const asked = { client_id: client, response_type: 'code', redirect_uri: this.redirectUri, scope: 'openid' }
    const checks = { code_challenge: challenge, code_challenge_method: 'S256', state: 'where they were' }
    return { ...asked, ...checks, nonce: `${client} ${++this.#asked}`, ...extra }
  }

  address(client: string, extra: Readonly<Record<string, string>> = {}): string {
    return `${this.house.issuer}/auth?${new URLSearchParams(this.fields(client, extra))}`
  }

  /** Asks for a sign-in, and opens its page. Half a minute passes: every app shows another code. */
  async at(client: string, extra: Readonly<Record<string, string>> = {}, browser = this.browser()): Promise<Visit> {
    later(31_000)
    const { url, response } = await browser.follow(this.address(client, extra))
    const isHere = url.startsWith(this.house.issuer)
    return new Visit(this, browser, url, isHere ? await viewIn(response) : null)
  }

  /** A relying party posts to the engine. */
  async call(path: string, fields: Readonly<Record<string, string>>, secret?: string): Promise<Response> {
    const id = fields.client_id ?? ''
    const basic = `Basic ${btoa(`${id}:${encodeURIComponent(secret ?? '').replaceAll('%20', '+')}`)}`
    const headers = secret === undefined ? form : { ...form, authorization: basic }
    return this.party.post(`${this.house.issuer}${path}`, new URLSearchParams(fields).toString(), headers)
  }

  /** Redeems the code that came back. */
  async redeem(url: string, client: string, extra: Readonly<Record<string, string>> = {}, secret?: string) {
    const code = new URL(url).searchParams.get('code') ?? ''
    const fields = { grant_type: 'authorization_code', code, redirect_uri: this.redirectUri, code_verifier: verifier }
    const response = await this.call('/token', { ...fields, client_id: client, ...extra }, secret)
    return (await response.json()) as Readonly<Record<string, string>>
  }

  /** A tester does something at the bench. */
  async bench(path: string, fields?: object): Promise<unknown> {
    const url = `${this.house.issuer}/bench/api${path}`
    return (await (fields ? this.party.post(url, fields) : this.party.get(url))).json()
  }

  /** A card in its reader, or none, at the card host: where the browser is sent back to. */
  async show(door: string, card: { readonly chain: string; readonly key: string } | null): Promise<string> {
    const identity = card ? { cert: card.chain, key: readFileSync(card.key) } : {}
    // Its certificate is of this clock, which the machine's own does not know.
    const options = { ...identity, rejectUnauthorized: false, agent: false } as const
    const answered = await new Promise<Response>((resolve, reject) => {
      const sent = request(
        door,
        { ...options, lookup: (_, __, found) => found(null, [{ address: '127.0.0.1', family: 4 }]) },
        ({ statusCode: status = 0, headers }) => {
          const given = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)])
          resolve(new Response(null, { status, headers: given }))
        },
      )
      sent.on('error', reject).end()
    })
    await this.tape.keep('GET', door, answered)
    return answered.headers.get('location') ?? ''
  }
}

/** A sign-in under way, or where it led. */
export class Visit {
  readonly walker: Walker
  readonly browser: Witness
  readonly url: string
  /** What the last answer showed. */
  view: unknown

  constructor(walker: Walker, browser: Witness, url: string, view: unknown) {
    this.walker = walker
    this.browser = browser
    this.url = url
    this.view = view
  }

  get is(): string {
    return readText(this.view, 'at')
  }

  async act(action: string, fields: object = {}, headers: Record<string, string> = {}): Promise<this> {
    const body = { revision: read(this.view, 'revision'), ...fields }
    const answered = await viewIn(await this.browser.post(`${this.url}/${action}`, body, headers))
    // A problem leaves the page as it was.
    if (read(answered, 'at') !== undefined) this.view = answered
    return this
  }

  name = (username: string) => this.act('identify', { username })
  answer = (answer: object) => this.act('answer', { challenge: read(this.view, 'challenge.id'), answer })
  /** Answers what is offered beside the question who somebody is. */
  answerBeside = (answer: object) =>
    this.act('answer', { challenge: read(readList(this.view, 'beside')[0], 'id'), answer })
  prompt = (name: string) => read(this.view, `challenge.prompt.${name}`)

  async look(): Promise<this> {
    this.view = await viewIn(await this.browser.get(`${this.url}/view`))
    return this
  }

  /** Chooses a factor; from an open challenge, by way of the choice. */
  async choose(factor: string, label?: string): Promise<this> {
    if (this.is === 'answer') await this.act('challenge')
    const isIt = (one: unknown) => read(one, 'factor') === factor && (!label || read(one, 'label') === label)
    const method = readList(this.view, 'methods').find(isIt)
    if (!method) throw new Error(`There is no ${factor} to choose: ${JSON.stringify(this.view)}`)
    const authenticator = read(method, 'authenticator')
    return this.act('challenge', { factor, ...(authenticator ? { authenticator } : {}) })
  }

  /** Goes back to the relying party: the address that the browser is sent to. */
  async leave(): Promise<string> {
    if (this.is !== 'done') throw new Error(`Not done: ${JSON.stringify(this.view)}`)
    return (await this.browser.follow(readText(this.view, 'goTo'))).url
  }

  /** The same, and redeems the code. */
  async tokens(client: string, extra: Readonly<Record<string, string>> = {}, secret?: string) {
    return this.walker.redeem(await this.leave(), client, extra, secret)
  }
}
