/** A word of a protocol or of ours, however long: no random text is lower case alone. */
const word = /^[a-z]+([-_][a-z]+)*$/
const jwt = /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/
/** How much of a sign-in's name its page says. */
const referenceLength = 10

const jsonIn = (part: string | undefined): unknown => JSON.parse(Buffer.from(part ?? '', 'base64url').toString())

/**
 * Puts names in the place of what is another one in every run: identifiers, tokens, keys, one-time codes, ports. The same
 * value has the same name, by the order in which values appear. The clock stands still, so instants are the same.
 */
export class Placeholders {
  readonly #names = new Map<string, string>()
  readonly #counts = new Map<string, number>()
  readonly #places: readonly (readonly [origin: string, name: string])[]

  constructor(places: Readonly<Record<string, string>>) {
    this.#places = Object.entries(places).flatMap(([name, origin]) => [
      [origin, `<${name}>`] as const,
      [encodeURIComponent(origin), `<${name}>`] as const,
    ])
  }

  #name(kind: string, value: string): string {
    const known = this.#names.get(value)
    if (known) return known
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    const name = `<${kind} ${count}>`
    this.#names.set(value, name)
    return name
  }

  #isStart = (text: string) =>
    text.length === referenceLength && [...this.#names.keys()].find((value) => value.startsWith(text))

  /** A text of an answer, or of its headers. */
  text(given: string): string {
    const placed = this.#places.reduce((text, [origin, name]) => text.replaceAll(origin, name), given)
    const start = this.#isStart(placed)
    if (start) return `${this.#name('id', start).slice(0, -1)}, its start>`
    return placed
      .replace(/'sha256-[^']+'/g, "'sha256-<style>'")
      .replace(/[0-9a-f]{16}\.card\.localhost:\d+/g, '<card host>')
      .replace(/\blocalhost:\d+/g, 'localhost:<port>')
      .replace(/\b(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}\b/g, (code) => this.#name('recovery code', code))
      .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, (id) => this.#name('id', id))
      .replace(/^[0-9A-F]{10}$/, '<reference>')
      .replace(/(?:(?<![\w-])[\w-]{8}\.)?[\w-]{20,}(?:\.[\w-]{20,})*/g, (one) =>
        word.test(one) ? one : this.#name('id', one),
      )
  }

  /** A body, at any depth: keys are never random. */
  value(given: unknown): unknown {
    if (Array.isArray(given)) return given.map((one) => this.value(one))
    if (typeof given === 'string') return this.#said(given)
    if (given === null || typeof given !== 'object') return given
    return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, this.value(value)]))
  }

  #said(given: string): unknown {
    if (jwt.test(given)) {
      const [header, claims] = given.split('.')
      return { header: this.value(jsonIn(header)), claims: this.value(jsonIn(claims)) }
    }
    if (/^M[\d\shvzMm-]{200,}$/.test(given)) return '<a drawing>'
    // A code that was sent, or the end of a card's number.
    if (/^[0-9A-F]{6}$/.test(given)) return '<six digits>'
    return this.text(given)
      .replace(/(?<![\w.#<-])\d{5,8}(?![\w>-])/g, '<digits>')
      .replace(/#\d{6}\b/g, '#<digits>')
  }
}
