import { randomBytes } from 'node:crypto'

const references = new WeakMap<object, string>()

/** A short name for one failure, the same on the page and in the log. */
export function referenceOf(error: object): string {
  const reference = references.get(error) ?? randomBytes(5).toString('hex').toUpperCase()
  references.set(error, reference)
  return reference
}
