import type { Proof } from '#shared/factors/contract.ts'
import type {
  Answer,
  BuiltFactor,
  Contracts,
  EnrolmentAnswer,
  EnrolmentPrompt,
  Prompt,
  Told,
} from '#shared/factors/index.ts'
import type { Demands } from '#shared/policy/rules/policy.ts'
import type { Refusal } from '#shared/refusal.ts'
import type { Authenticator, Person } from '../../store/store.ts'
import type { Deliver, Delivery, Undelivered } from './delivery.ts'
import type { Site } from './site.ts'

/** All that a factor is given: never the policy, the session, throttling, the store's writes or our HTTP. */
export interface FactorContext {
  readonly now: Date
  readonly site: Site
  /** Null when nobody was named, or nobody of that name exists. */
  readonly account: string | null
  /** Something is proven already; until then, what the browser is told must not depend on who was named. */
  readonly hasProof: boolean
  /** Those of this factor's authenticators of that person that may answer. */
  readonly authenticators: () => Promise<readonly Authenticator[]>
}

/** What a challenge is opened with. */
export interface ChallengeContext<Message extends Delivery = never> extends FactorContext {
  readonly deliver: Deliver<Message>
}

/** What an answer is judged by. */
export interface AnswerContext extends FactorContext {
  /** What the answer's authenticator calls itself is somebody's, whoever's. */
  readonly exists: boolean
  /** It belongs to somebody else than the person who was named. */
  readonly isSomebodyElses: boolean
}

/** A compare-and-set update of one authenticator, applied with the evidence in one transaction. */
export type Update = Pick<Authenticator, 'id' | 'account' | 'credential' | 'revision'>

export type Verdict =
  | {
      readonly is: 'proven'
      readonly account: string
      readonly authenticator: string
      readonly proof: Proof
      readonly spends: readonly Update[]
      /** Why it is refused after all when somebody else was first to spend it; without one, as another tab's answer. */
      readonly ifSpent?: Refusal
      /** For the log alone. */
      readonly remark?: string
    }
  /** Right as far as it goes: another question follows. Costs an attempt, which the right answer to it gives back. */
  | { readonly is: 'again'; readonly prompt: unknown; readonly state: unknown }
  /**
   * Costs an attempt. `remark` is for the log alone: the person is told `why`. `unusable`: the authenticator can never be
   * right, so an operator is told which one it is.
   */
  | { readonly is: 'refused'; readonly why: Refusal; readonly remark?: string; readonly unusable?: boolean }
  /** Our side, or a third party: the attempt is refunded. */
  | { readonly is: 'unavailable'; readonly why: Refusal }
  /**
   * Somebody decides elsewhere, and has not yet: nothing is proven and nothing refused. The attempt is refunded, and the
   * challenge stays open as it is; an answer to it is judged again from then on, which is a second at least.
   */
  | { readonly is: 'pending'; readonly askAgainInMs: number }

/** What an operator's file may say about an authenticator, turned into what is kept. */
export type ImportedCredential =
  | { readonly ok: true; readonly credential: unknown; readonly handle?: string }
  | { readonly ok: false; readonly message: string }

/** A challenge as its factor opened it: what the browser is told, and what we must remember to judge the answer. */
export interface Opened<Id extends BuiltFactor, State> {
  readonly prompt: Prompt<Id>
  readonly state: State
  /** From then on it is opened anew before it is shown: what is left of it would be too short for a person. */
  readonly renewAt?: Date
  /** What goes out to the person, once the challenge is written down: so it goes out once, whoever else opens it too. */
  readonly send?: () => Promise<Undelivered | null>
}
/** It cannot be opened now: our side, or a third party. */
export interface Unavailable {
  readonly why: Refusal
}

/** `Message` is what goes out to the person for it: never anything, unless the factor says so. */
export interface Factor<Id extends BuiltFactor, State = null, Message extends Delivery = never> {
  readonly contract: Contracts[Id]
  /** May somebody have several of these? */
  readonly several: boolean
  /** Does the person say which of several they use? Otherwise the answer is judged by all of them. */
  readonly named: boolean
  /** May a challenge be answered again after a refusal, or is a new one opened then? */
  readonly uses: 'once' | 'until-right'
  /** Opens a challenge, or opens it again: the same message, a new grid. */
  challenge(
    context: ChallengeContext<Message>,
    demands: Demands,
    previous: State | null,
  ): Promise<Opened<Id, State> | Unavailable>
  /**
   * For a factor whose answer names the person: opens the challenge that is offered before anybody is, where a first
   * step admits it. It lives as long as the sign-in.
   */
  usernamelessChallenge?(context: FactorContext, demands: Demands): Promise<Opened<Id, State>>
  /** Judges an answer. Slow work happens here, outside any transaction. */
  verify(context: AnswerContext, answer: Answer<Id>, state: State, demands: Demands): Promise<Verdict>
  /** Whether what an answer was pending for is decided. It looks and changes nothing: `verify` alone proves. */
  isDecided?(state: State): Promise<boolean>
  /**
   * For a factor whose authenticators say which one they are: what the one behind an answer calls itself. It alone is
   * charged and judged by, whoever was named; and where nobody was, the person is found by it.
   */
  handleOf?(answer: Answer<Id>): string | null
  /** How somebody gets one by themselves; without it, an operator hands it out. */
  readonly enrolment?: Enrolment<Id, Message>
  /** What the browser should know of all of somebody's, now that one of them was proven. */
  told?(site: Site, person: Person, own: readonly Authenticator[]): Told<Id>
  /** `before` is what is kept already: an unchanged secret gives it back, so that an import can be repeated. */
  import(secret: string, person: Importing, before: unknown): Promise<ImportedCredential>
  /** For the bench alone: what a tester is handed instead of a device; null when there is nothing at this moment. */
  demonstrate?(credential: unknown, now: Date): Demonstration | null
}

/** A code, and when another one takes its place. Instants are ISO 8601. */
export interface Demonstration {
  readonly code: string
  /** Null when it is no code that ends. */
  readonly until: string | null
  /** Codes before this instant are used up, also the one that is shown; null when it can be used. */
  readonly usedUntil: string | null
}

/** Whom an authenticator is made for, and those of its factor that they have already. */
export interface Enrolling<Message extends Delivery = never> {
  readonly now: Date
  readonly site: Site
  readonly person: Person
  readonly authenticators: readonly Authenticator[]
  readonly deliver: Deliver<Message>
}

/** A question on the way to a new authenticator, and what we must remember to judge its answer. */
export interface EnrolmentStep<Id extends BuiltFactor> {
  readonly is: 'asked'
  readonly prompt: EnrolmentPrompt<Id>
  readonly state: unknown
  /** Of a factor with a side door: this one is answered on the page all the same. */
  readonly here?: true
}
export type EnrolmentVerdict<Id extends BuiltFactor> =
  | EnrolmentStep<Id>
  | {
      readonly is: 'made'
      /** What it is called unless the person calls it something else. */
      readonly label: string
      readonly credential: unknown
      readonly handle?: string
    }
  /** The same question again, or another one where an answer spends it. */
  | { readonly is: 'refused'; readonly why: Refusal; readonly next?: EnrolmentStep<Id> }

/** How somebody gets an authenticator. Enrolling is not proving: it leaves no evidence. */
export interface Enrolment<Id extends BuiltFactor, Message extends Delivery = never> {
  /** `previous`: what was remembered of one that is begun again. */
  begin(who: Enrolling<Message>, previous: unknown): Promise<EnrolmentStep<Id> | Unavailable>
  accept(who: Enrolling<Message>, answer: EnrolmentAnswer<Id>, state: unknown): Promise<EnrolmentVerdict<Id>>
}

export interface Importing {
  /** What the authenticator is called. */
  readonly label: string
  /** Names that a secret must not repeat. */
  readonly names: readonly string[]
  /** Whether the person has another factor too. */
  readonly alone: boolean
}
