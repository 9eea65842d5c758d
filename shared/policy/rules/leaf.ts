/** A condition without parts: its kind, and the wanted values in words. */
export interface LeafOf<Kind extends string> {
  readonly is: Kind
  readonly oneOf: readonly string[]
}

/** A truth. `undecided` becomes known with the person's first proof; `unknown` does not. */
export type Truth = 'hit' | 'miss' | 'undecided' | 'unknown'
