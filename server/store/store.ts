import type { Evidence } from '#shared/evidence.ts'
import type { BuiltFactor } from '#shared/factors/index.ts'
import type { DatedEntry, Entry, WrittenEntry } from './entry.ts'
import type { TransactionOptions } from './statement.ts'
import type { Sweep } from './sweep.ts'

/** A person who can sign in. */
export interface Person {
  readonly id: string
  /** The username as the operator wrote it; looked up by its canonical form. */
  readonly username: string
  readonly name: string | null
  readonly email: string | null
  readonly groups: readonly string[]
  /** Further attributes by name; scopes release them to relying parties as claims. */
  readonly attributes: Readonly<Record<string, unknown>>
  /** Whether the account is disabled: no sign-in succeeds, and no issued token is valid any more. */
  readonly disabled: boolean
  /** The instant until which evidence no longer counts (epoch milliseconds); null without one. */
  readonly notBefore: number | null
}
export type NewPerson = Omit<Person, 'attributes' | 'disabled' | 'notBefore'> & Partial<Person>

/** One enrolled factor of one person. `credential` is the factor's own data, sealed at rest. */
export interface Authenticator {
  readonly id: string
  readonly account: string
  readonly factor: BuiltFactor
  readonly label: string
  /** The name by which answers identify the authenticator: a credential id, a serial number. Unique within a factor. */
  readonly handle: string | null
  readonly credential: unknown
  /** The revision of the credential; failures do not change it. */
  readonly revision: number
  /** Consecutive wrong answers before another proof, since the binding or the last right answer. */
  readonly failures: number
  /** Consecutive wrong answers after another proof, which nobody can give without another factor of the person. */
  readonly failuresAfterProof: number
  /** The last right answer, in epoch milliseconds. */
  readonly lastUsedAt: number | null
  /** When the secret was bound (epoch milliseconds); null in rows that were written before this field existed. */
  readonly boundAt: number | null
}
export type NewAuthenticator = Pick<Authenticator, 'id' | 'account' | 'factor' | 'label' | 'credential'> & {
  readonly handle?: string
}
/** The name of one of an authenticator's two counts of failures. */
export type FailureCount = 'failures' | 'failuresAfterProof'
/** A new credential, in place of the revision that was read. */
export type Replacement = Pick<Authenticator, 'id' | 'account' | 'credential' | 'revision'>

/** A document with an expiry: an engine model, a sign-in, a consent. Ids are hashed at rest, values are sealed. */
export interface Document {
  readonly value: Readonly<Record<string, unknown>>
  readonly revision: number
  /** When the document was spent (epoch milliseconds); null before. */
  readonly consumedAt: number | null
  /** The expiry in epoch milliseconds; an expired document may still be found. */
  readonly expiresAt: number
}

/** A document's kind, and its id or uid. */
type DocumentKey = readonly [kind: string, id: string]

/** Further keys by which a document can be found. */
export interface Handles {
  readonly uid?: string | undefined
  readonly grant?: string | undefined
  readonly account?: string | undefined
}

/** Evidence from the log. */
export interface ProvenEvidence extends Evidence {
  /** When the challenge was verified (epoch milliseconds); `at` may be later. */
  readonly provenAt: number
}

/** The store's interface, narrow enough for SQLite and later PostgreSQL. Single use is enforced here. */
export interface Store {
  readonly people: {
    /** Finds a person by username or e-mail address, in canonical form. */
    byName(canonical: string): Promise<Person | null>
    get(id: string): Promise<Person | null>
    /** Adds or replaces a person; throws when one of the names belongs to another. */
    put(person: NewPerson, names: readonly string[]): Promise<void>
    /** Sets `notBefore` to an instant (epoch milliseconds), unless it is later already. */
    endBefore(id: string, at: number): Promise<void>
    /** Sets `notBefore`, also to an earlier instant, to correct an instant that a wrong clock wrote. */
    setNotBefore(id: string, at: number): Promise<void>
    /** All names by which a person is found, in canonical form. */
    namesOf(id: string): Promise<readonly string[]>
  }
  readonly authenticators: {
    list(account: string, factor: BuiltFactor): Promise<readonly Authenticator[]>
    /** The authenticators of every factor, without their secrets. */
    listAll(account: string): Promise<readonly Omit<Authenticator, 'credential'>[]>
    /** Finds an authenticator by its handle, whosever it is, without its secret. */
    find(factor: BuiltFactor, handle: string): Promise<Omit<Authenticator, 'credential'> | null>
    /** The authenticators of all people whose handles begin with a prefix, without their secrets. */
    withHandles(factor: BuiltFactor, prefix: string): Promise<readonly Omit<Authenticator, 'credential'>[]>
    /** False when the handle is taken in its factor, or the person has an authenticator of that label. */
    add(one: NewAuthenticator, at: number): Promise<boolean>
    /** False when the authenticator does not exist, or belongs to another account. */
    remove(one: Pick<Authenticator, 'id' | 'account'>): Promise<boolean>
    /** Compare-and-set: false when another update was first. */
    update(one: Replacement): Promise<boolean>
    /** Compare-and-set of credential and handle; the counts of failures stay. */
    rename(one: Replacement, handle: string): Promise<boolean>
    /**
     * Binds another secret under a new id, without failures or a last use. Evidence of the old secret no longer counts.
     * Returns the new id; null when another update was first.
     */
    rebind(one: Replacement, at: number): Promise<string | null>
    /**
     * Adds a failure to each authenticator (of `ids`; null: all) that has fewer than `fewerThan`, and returns those: an
     * answer may be checked against them alone.
     */
    charge(
      account: string,
      factor: BuiltFactor,
      ids: readonly string[] | null,
      fewerThan: number,
      count: FailureCount,
    ): Promise<readonly Authenticator[]>
    /** Takes one failure back from each authenticator. */
    refund(ids: readonly string[], count: FailureCount): Promise<void>
    /** Forgets the failures of an account's authenticators, of one factor or (null) of every factor. */
    forgive(account: string, factor: BuiltFactor | null): Promise<void>
    /** Notes a right answer: failures end. False when the secret was replaced or removed meanwhile. */
    used(one: Pick<Authenticator, 'id' | 'revision'>, at: number): Promise<boolean>
  }
  readonly documents: {
    get(kind: string, id: string): Promise<Document | null>
    byUid(kind: string, uid: string): Promise<Document | null>
    /** Reads at once what this turn of the event loop will ask for: two documents by id, and one by its uid. */
    prefetch(ids: readonly [DocumentKey, DocumentKey], byUid?: DocumentKey): Promise<void>
    /** All documents of a kind that belong to an account. */
    ofAccount(kind: string, account: string): Promise<readonly Document[]>
    /** At most so many documents of a kind, the first to expire first. */
    ofKind(kind: string, most: number): Promise<readonly Document[]>
    put(kind: string, id: string, value: object, expiresAt: number, handles?: Handles): Promise<void>
    /** Adds a document; false when one of that id exists. */
    add(kind: string, id: string, value: object, expiresAt: number): Promise<boolean>
    /** Compare-and-set by revision: false when another update was first. */
    replace(kind: string, id: string, revision: number, value: object, expiresAt: number): Promise<boolean>
    /** Spends a document: false when it was spent before or does not exist. */
    consume(kind: string, id: string, at: number): Promise<boolean>
    /** Removes and returns a document: null when it does not exist (any more). */
    take(kind: string, id: string): Promise<Document | null>
    remove(kind: string, id: string): Promise<void>
    removeByUid(kind: string, uid: string): Promise<void>
    removeByGrant(kind: string, grant: string): Promise<void>
    /** Removes all documents of a kind that belong to an account. */
    removeOfAccount(kind: string, account: string): Promise<void>
  }
  readonly records: {
    append(entry: Entry, at: number): Promise<string>
    /**
     * Appends entries of one sign-in, each of its own instant, and returns the evidence among them as `ofSignIn` gives it.
     * With `isFirst` the sign-in has no pending records from before.
     */
    appendAll(entries: readonly DatedEntry[], isFirst?: boolean): Promise<readonly ProvenEvidence[]>
    /**
     * Binds a sign-in's evidence to a browser session, once, dated from its last proof. Returns that instant (epoch
     * milliseconds; 0 without a proof); null when it is bound to another session.
     */
    bind(signIn: string, session: string): Promise<number | null>
    /** The evidence of a sign-in, oldest first. */
    ofSignIn(signIn: string): Promise<readonly ProvenEvidence[]>
    /**
     * The evidence of all sign-ins bound to a session, each dated from the end of its sign-in; that of the sign-in
     * `current` is current.
     */
    ofSession(session: string, current?: string | null): Promise<readonly ProvenEvidence[]>
    /** All entries about one authorization request, oldest first. */
    ofRun(client: string, run: string): Promise<readonly WrittenEntry[]>
    /** All entries about these sign-ins, oldest first. */
    trail(signIns: readonly string[]): Promise<readonly WrittenEntry[]>
    read(ids: readonly string[]): Promise<readonly WrittenEntry[]>
  }
  readonly attempts: {
    get(key: string): Promise<Attempts | null>
    /** The counts under these keys, without those that do not exist. */
    getAll(keys: readonly string[]): Promise<ReadonlyMap<string, Attempts>>
    /** Compare-and-set on the failures seen: false when another update was first. */
    replace(key: string, seen: Attempts | null, next: Attempts): Promise<boolean>
    /**
     * Writes counts by their keys, inside the transaction that read them: each with the revision after the one that was
     * read, or 0 where there was none. Throws when one of them was changed meanwhile.
     */
    putAll(counts: ReadonlyMap<string, Attempts>): Promise<void>
    /**
     * Takes one failure back under each key, whatever was charged since. A wait goes where it is the charge's own, or
     * where the failures that are left lead to none.
     */
    giveBack(charges: readonly GivenBack[]): Promise<void>
    clear(keys: readonly string[]): Promise<void>
    /** Clears every key that begins with a prefix. */
    clearAll(prefix: string): Promise<void>
  }
  /**
   * Does the work of one request: its writes do not wait for their commits, and the unit ends when all that it wrote and
   * saw is committed. Rejects when some of it is lost. Outside of a unit every write waits for its commit.
   */
  unit<T>(work: () => Promise<T>): Promise<T>
  /** Resolves when all is committed that the unit under way wrote and saw: before anything leaves the process. */
  committed(): Promise<void>
  /** Writes all or nothing, committed and synced at return unless the options say otherwise. */
  transaction<T>(work: (store: Store) => Promise<T>, options?: TransactionOptions): Promise<T>
  /** Deletes everything whose time is over. */
  sweep(before: Sweep): Promise<void>
  /** Throws when the store cannot be written. */
  ready(): Promise<void>
  close(): Promise<void>
}

/** A count of failures under one key, such as a name or an address. Instants in epoch milliseconds. */
export interface Attempts {
  readonly failures: number
  readonly lockedUntil: number
  /** The instant at which the failures are forgotten. */
  readonly forgottenAt: number
  readonly revision: number
}

/** A charge that is taken back, and the number of failures under its key that lead to the first wait. */
export interface GivenBack {
  readonly key: string
  /** Whether all failures under the key are forgotten, and not this one alone. */
  readonly forgets: boolean
  readonly lockedUntil: number
  readonly freeFailures: number
}
