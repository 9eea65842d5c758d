import type { Agent } from 'node:http'

/** What a server needs to start: a configuration and a store full of people. */
export interface Furnished {
  readonly file: string
  readonly data: string
  readonly remove: () => void
}

export interface Served {
  readonly issuer: string
  readonly startMs: number
  readonly stop: () => Promise<void>
}

/** What can be measured side by side: this checkout, another revision, the bare engine. */
export interface Tree {
  readonly name: string
  /** The folder whose packages the server loads. */
  readonly root: string
  /** A store of `people` people who sign in by a sequence, which is named as in `sequences.ts`. */
  readonly furnish: (sequence: string, people: number) => Promise<Furnished>
  /** Starts a server on these cores and waits until it is ready. `flags` are Node's. */
  readonly serve: (furnished: Furnished, cores: string, flags: readonly string[]) => Promise<Served>
  /** Makes one sign-in, and yields the name of each request before making it. */
  readonly signIn: (issuer: string, agent: Agent, sequence: string, person: number) => AsyncGenerator<string, unknown>
  readonly authorizeUrl: (issuer: string, verifier: string) => string
}
