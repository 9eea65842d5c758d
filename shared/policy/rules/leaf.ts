/** Something that can be looked up, and what it is wanted to be, in words. */
export interface LeafOf<Kind extends string> {
  readonly is: Kind
  readonly oneOf: readonly string[]
}

/** `undecided` is not known yet, and will be once the person has proven something; `unknown` will not. */
export type Truth = 'hit' | 'miss' | 'undecided' | 'unknown'
