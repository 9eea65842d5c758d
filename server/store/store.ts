import type { Evidence } from '#shared/evidence.ts'
import type { BuiltFactor } from '#shared/factors/index.ts'
import type { Entry, WrittenEntry } from './entry.ts'
import type { Sweep } from './sweep.ts'

/** Somebody who can sign in. */
export interface Person {
  readonly id: string
  /** As written by the operator; found by its canonical form. */
  readonly username: string
  readonly name: string | null
  readonly email: string | null
  readonly groups: readonly string[]
  /** Whatever else is known of them, by name; scopes say it to relying parties. */
  readonly attributes: Readonly<Record<string, unknown>>
  /** Nobody gets in as them, and nothing that they have been given is good any more. */
  readonly disabled: boolean
  /** Nothing that was proven until this instant counts any more (epoch milliseconds); null where nothing was ended. */
  readonly notBefore: number | null
}
export type NewPerson = Omit<Person, 'attributes' | 'disabled' | 'notBefore'> & Partial<Person>

/** One enrolled factor of one person. `kept` is what its factor remembers, sealed at rest. */
export interface Authenticator {
  readonly id: string
  readonly account: string
  readonly factor: BuiltFactor
  readonly label: string
  /** What it calls itself in an answer, where it does: a credential id, a serial number. No two of a factor share one. */
  readonly handle: string | null
  readonly credential: unknown
  /** Counts what is kept, and not the failures. */
  readonly revision: number
  /** Consecutive wrong answers before anything else was proven, since it was bound or last proved something. */
  readonly failures: number
  /** The same after something else was proven: nobody reaches this count who has nothing of the person's. */
  readonly failuresAfterProof: number
  /** When it last proved something, in epoch milliseconds. */
  readonly lastUsedAt: number | null
  /** When its secret was bound; null for one of before that was kept. */
  readonly boundAt: number | null
}
export type NewAuthenticator = Pick<Authenticator, 'id' | 'account' | 'factor' | 'label' | 'credential'> & {
  readonly handle?: string
}
/** Which of an authenticator's two counts of failures. */
export type FailureCount = 'failures' | 'failuresAfterProof'
/** What one keeps from now on, in place of the revision that was read. */
export type Replacement = Pick<Authenticator, 'id' | 'account' | 'credential' | 'revision'>

/** A document with an expiry: engine models, sign-ins, consents. Its id cannot be read in the store, and its value is sealed. */
export interface Document {
  readonly value: Readonly<Record<string, unknown>>
  readonly revision: number
  /** When it was spent, in epoch milliseconds; null while it has not been. */
  readonly consumedAt: number | null
  /** Epoch milliseconds; it may still be there later. */
  readonly expiresAt: number
}

/** How a document can be found besides by its id. */
export interface Handles {
  readonly uid?: string | undefined
  readonly grant?: string | undefined
  readonly account?: string | undefined
}

/** Evidence as the log has it. */
export interface ProvenEvidence extends Evidence {
  /** When it was proven (epoch milliseconds), whatever it is dated from. */
  readonly provenAt: number
}

/** The narrow interface behind which SQLite (and later PostgreSQL) stand. Every single-use promise is kept here. */
export interface Store {
  readonly people: {
    /** By username or e-mail address, in canonical form. */
    named(canonical: string): Promise<Person | null>
    get(id: string): Promise<Person | null>
    /** Adds or replaces; throws when one of the names belongs to somebody else. */
    put(person: NewPerson, names: readonly string[]): Promise<void>
    /** From now on nothing counts that was proven until then (epoch milliseconds), unless it was ended later before. */
    endBefore(id: string, at: number): Promise<void>
    /** Sets what an instant in the future stands for, which a wrong clock wrote. */
    setNotBefore(id: string, at: number): Promise<void>
    /** All names that somebody is found by, in canonical form. */
    namesOf(id: string): Promise<readonly string[]>
  }
  readonly authenticators: {
    list(account: string, factor: BuiltFactor): Promise<readonly Authenticator[]>
    /** Of every factor, without their secrets. */
    listAll(account: string): Promise<readonly Omit<Authenticator, 'credential'>[]>
    /** By what it calls itself, without its secret; whose it is. */
    find(factor: BuiltFactor, handle: string): Promise<Omit<Authenticator, 'credential'> | null>
    /** Everybody's whose handles begin so, without their secrets. */
    withHandles(factor: BuiltFactor, prefix: string): Promise<readonly Omit<Authenticator, 'credential'>[]>
    /** False when one of that factor calls itself so already, or the person has one of that label. */
    add(one: NewAuthenticator, at: number): Promise<boolean>
    /** False when it is not there, or somebody else's. */
    remove(one: Pick<Authenticator, 'id' | 'account'>): Promise<boolean>
    /** Compare-and-set: false when somebody else was first. */
    update(one: Replacement): Promise<boolean>
    /** Compare-and-set: the same one, and what was counted of it, calls itself by another handle. */
    rename(one: Replacement, handle: string): Promise<boolean>
    /**
     * The same with another secret: it is bound anew, under a new id, and has never failed nor been used. What the
     * old secret proved is no evidence any more. Null when somebody else was first.
     */
    rebind(one: Replacement, at: number): Promise<string | null>
    /**
     * Adds a failure to each (of these, null: of all) that has fewer than so many, and gives those alone: an answer may
     * be checked against them.
     */
    charge(
      account: string,
      factor: BuiltFactor,
      ids: readonly string[] | null,
      fewerThan: number,
      count: FailureCount,
    ): Promise<readonly Authenticator[]>
    /** Takes one failure back from each. */
    refund(ids: readonly string[], count: FailureCount): Promise<void>
    /** Forgets the failures of all of somebody's, of one factor or (null) of every one. */
    forgive(account: string, factor: BuiltFactor | null): Promise<void>
    /** It proved something: no failures. False when its secret was replaced meanwhile, or it is gone. */
    used(one: Pick<Authenticator, 'id' | 'revision'>, at: number): Promise<boolean>
  }
  readonly documents: {
    get(kind: string, id: string): Promise<Document | null>
    byUid(kind: string, uid: string): Promise<Document | null>
    /** All of a kind that are somebody's. */
    ofAccount(kind: string, account: string): Promise<readonly Document[]>
    /** So many of a kind at most, those first that end first. */
    ofKind(kind: string, most: number): Promise<readonly Document[]>
    put(kind: string, id: string, value: object, expiresAt: number, handles?: Handles): Promise<void>
    /** Adds unless there is one already: false then. */
    add(kind: string, id: string, value: object, expiresAt: number): Promise<boolean>
    /** Compare-and-set by revision: false when somebody else was first. */
    replace(kind: string, id: string, revision: number, value: object, expiresAt: number): Promise<boolean>
    /** Spends it: false when it was spent before, or is not there. */
    consume(kind: string, id: string, at: number): Promise<boolean>
    /** Takes it out: null when somebody else was first. */
    take(kind: string, id: string): Promise<Document | null>
    remove(kind: string, id: string): Promise<void>
    removeByUid(kind: string, uid: string): Promise<void>
    removeByGrant(kind: string, grant: string): Promise<void>
    /** Removes all of a kind that are somebody's. */
    removeOfAccount(kind: string, account: string): Promise<void>
  }
  readonly records: {
    append(entry: Entry, at: number): Promise<string>
    /** Ties what was proven in a sign-in to a browser session, once: false when it was tied to another one. */
    bind(signIn: string, session: string, at: number): Promise<boolean>
    /** What was proven in a sign-in, oldest first. */
    ofSignIn(signIn: string): Promise<readonly ProvenEvidence[]>
    /** What was proven in all sign-ins tied to a session, dated from their ends. */
    ofSession(session: string): Promise<readonly ProvenEvidence[]>
    /** Everything that was written of one request, oldest first. */
    ofRun(client: string, run: string): Promise<readonly WrittenEntry[]>
    /** Everything that was written of some sign-ins, oldest first. */
    trail(signIns: readonly string[]): Promise<readonly WrittenEntry[]>
    read(ids: readonly string[]): Promise<readonly WrittenEntry[]>
  }
  readonly attempts: {
    get(key: string): Promise<Attempts | null>
    /** Compare-and-set on the failures seen: false when somebody else was first. */
    replace(key: string, seen: Attempts | null, next: Attempts): Promise<boolean>
    clear(keys: readonly string[]): Promise<void>
    /** Clears every key that begins so. */
    clearAll(prefix: string): Promise<void>
  }
  transaction<T>(work: (store: Store) => Promise<T>): Promise<T>
  /** Deletes what is not to be kept any longer. */
  sweep(before: Sweep): Promise<void>
  /** Throws when the store cannot be written. */
  ready(): Promise<void>
  close(): Promise<void>
}

/** Failures of one person with one factor, or from one address. Instants in epoch milliseconds. */
export interface Attempts {
  readonly failures: number
  readonly lockedUntil: number
  /** From when on they count no more. */
  readonly forgottenAt: number
  readonly revision: number
}
