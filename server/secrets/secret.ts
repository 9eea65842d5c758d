import { inspect } from 'node:util'

/** A value that no log, error or JSON can show: it must be revealed on purpose. */
export class Secret<T> {
  readonly #value: T
  constructor(value: T) {
    this.#value = value
  }
  reveal(): T {
    return this.#value
  }
  toString() {
    return '[secret]'
  }
  toJSON() {
    return '[secret]'
  }
  [inspect.custom]() {
    return '[secret]'
  }
}
