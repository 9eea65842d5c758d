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

/** All that a factor is given: never the policy, the session, throttling, the store's writes or the server's HTTP. */
export interface FactorContext {
  readonly now: Date
  readonly site: Site
  /** The account id; null when nobody was named, or nobody has that name. */
  readonly account: string | null
  /** A proof was given already; until then, nothing that the browser is told may depend on who was named. */
  readonly hasProof: boolean
  /** The named person's authenticators of this factor that may answer. */
  readonly authenticators: () => Promise<readonly Authenticator[]>
}

/** The context in which a challenge is opened. */
export interface ChallengeContext<Message extends Delivery = never> extends FactorContext {
  readonly deliver: Deliver<Message>
}

/** The context in which an answer is verified. */
export interface AnswerContext extends FactorContext {
  /**
   * Some account, not necessarily the named one, has an authenticator with this handle (credential id, serial number).
   */
  readonly handleIsKnown: boolean
  /** The authenticator with this handle belongs to another account than the named one. */
  readonly isSomebodyElses: boolean
}

/** A compare-and-set update of one authenticator, applied with the evidence in one transaction. */
export type Update = Pick<Authenticator, 'id' | 'account' | 'credential' | 'revision'>

/** The result of verifying an answer. */
export type Verdict =
  | {
      readonly is: 'proven'
      readonly account: string
      readonly authenticator: string
      readonly proof: Proof
      readonly spends: readonly Update[]
      /** The refusal when another answer spent the same update first; without it, the answer counts as stale. */
      readonly ifSpent?: Refusal
      /** A remark for the log, never shown to the person. */
      readonly remark?: string
    }
  /**
   * An answer that is right so far: another question follows. Costs an attempt, which the right answer to that question
   * gives back.
   */
  | { readonly is: 'again'; readonly prompt: unknown; readonly state: unknown }
  /**
   * A wrong answer, which costs an attempt. The person is told `why`; `remark` goes to the log alone. `unusable`: the
   * authenticator can never answer rightly, so the log names it for an operator.
   */
  | { readonly is: 'refused'; readonly why: Refusal; readonly remark?: string; readonly unusable?: boolean }
  /** A failure of the server or of a third party: the attempt is refunded. */
  | { readonly is: 'unavailable'; readonly why: Refusal }
  /**
   * A decision that another device or service has not made yet: nothing is proven and nothing refused. The attempt is
   * refunded and the challenge stays open; after `askAgainInMs` milliseconds, at least a second, an answer to the
   * challenge is verified again.
   */
  | { readonly is: 'pending'; readonly askAgainInMs: number }

/** The credential to store for an authenticator of an operator's file, or what is wrong with the file's secret. */
export type ImportedCredential =
  | { readonly ok: true; readonly credential: unknown; readonly handle?: string }
  | { readonly ok: false; readonly message: string }

/** A challenge as its factor opened it: the prompt for the browser, and the state that verifying the answer needs. */
export interface Opened<Id extends BuiltFactor, State> {
  readonly prompt: Prompt<Id>
  readonly state: State
  /** The instant from which the challenge is opened anew before it is shown: its rest is too short for a person. */
  readonly renewAt?: Date
  /** Sends the message to the person. Called after the challenge is stored, so that two tabs send one message. */
  readonly send?: () => Promise<Undelivered | null>
}
/** A challenge that cannot be opened now, for a failure of the server or of a third party. */
export interface Unavailable {
  readonly why: Refusal
}

/** A factor on the server. `Message` is the type of its messages to the person, `never` where it sends none. */
export interface Factor<Id extends BuiltFactor, State = null, Message extends Delivery = never> {
  readonly contract: Contracts[Id]
  /** Whether a person may have several authenticators of the factor. */
  readonly several: boolean
  /** Whether the person chooses one of several. If not, an answer is verified against all of them. */
  readonly asksWhichOne: boolean
  /** Whether a challenge can be answered again after a refusal, or a new challenge is opened. */
  readonly uses: 'once' | 'until-right'
  /**
   * Whether an answer may come with the name, before its challenge is opened: nothing is sent, and the answer depends on
   * nothing of the challenge.
   */
  readonly answeredWithName?: true
  /** Opens a challenge. With the `previous` state, opens it again: the same message, a new grid. */
  challenge(
    context: ChallengeContext<Message>,
    demands: Demands,
    previous: State | null,
  ): Promise<Opened<Id, State> | Unavailable>
  /**
   * For a factor whose answer names the person: opens the challenge that is offered with the name field, where a first
   * step of the policy admits the factor. The challenge lives as long as the sign-in.
   */
  usernamelessChallenge?(context: FactorContext, demands: Demands): Promise<Opened<Id, State>>
  /** Verifies an answer. Slow work happens here, outside any transaction. */
  verify(context: AnswerContext, answer: Answer<Id>, state: State, demands: Demands): Promise<Verdict>
  /** Whether the decision that an answer is pending for was made. Changes nothing: `verify` alone proves. */
  isDecided?(state: State): Promise<boolean>
  /**
   * For a factor whose authenticators identify themselves: the handle of the authenticator behind an answer. That
   * authenticator alone verifies the answer and is charged, whoever was named; where nobody was, its handle finds the
   * person.
   */
  handleOf?(answer: Answer<Id>): string | null
  /** How a person enrols an authenticator; without it, an operator hands authenticators out. */
  readonly enrolment?: Enrolment<Id, Message>
  /** What the browser is told about all of a person's authenticators of the factor, after a proof with one of them. */
  told?(site: Site, person: Person, own: readonly Authenticator[]): Told<Id>
  /** `before` is the stored credential: an unchanged secret returns it, so that an import can be repeated. */
  import(secret: string, person: Importing, before: unknown): Promise<ImportedCredential>
  /** For the bench alone: the code that a tester uses in place of a device; null when there is none at this moment. */
  demonstrate?(credential: unknown, now: Date): Demonstration | null
}

/** A code, and when the next code replaces it. Instants are ISO 8601. */
export interface Demonstration {
  readonly code: string
  /** When the next code replaces this one; null for a code without an end. */
  readonly until: string | null
  /** The instant before which all codes are used up, the shown one included; null when the shown code can be used. */
  readonly usedUntil: string | null
}

/** The person an authenticator is made for, and the person's authenticators of the same factor. */
export interface Enrolling<Message extends Delivery = never> {
  readonly now: Date
  readonly site: Site
  readonly person: Person
  readonly authenticators: readonly Authenticator[]
  readonly deliver: Deliver<Message>
}

/** A question on the way to a new authenticator, and the state that verifying its answer needs. */
export interface EnrolmentStep<Id extends BuiltFactor> {
  readonly is: 'asked'
  readonly prompt: EnrolmentPrompt<Id>
  readonly state: unknown
  /** For a factor with a handoff: this question is answered on the page all the same. */
  readonly here?: true
}
/** The result of verifying an answer in an enrolment. */
export type EnrolmentVerdict<Id extends BuiltFactor> =
  | EnrolmentStep<Id>
  | {
      readonly is: 'made'
      /** The label of the authenticator, unless the person chooses another. */
      readonly label: string
      readonly credential: unknown
      readonly handle?: string
    }
  /** A wrong answer: the same question again, or the `next` one where an answer spends the question. */
  | { readonly is: 'refused'; readonly why: Refusal; readonly next?: EnrolmentStep<Id> }

/** How a person enrols an authenticator. Enrolment leaves no evidence: it is not a proof. */
export interface Enrolment<Id extends BuiltFactor, Message extends Delivery = never> {
  /** Asks the first question. `previous` is the state of an enrolment that is begun again. */
  begin(who: Enrolling<Message>, previous: unknown): Promise<EnrolmentStep<Id> | Unavailable>
  /** Verifies the answer to a question. */
  accept(who: Enrolling<Message>, answer: EnrolmentAnswer<Id>, state: unknown): Promise<EnrolmentVerdict<Id>>
}

/** The authenticator and the person that an operator's file imports a secret for. */
export interface Importing {
  /** The label of the authenticator. */
  readonly label: string
  /** Names of the person, which a secret must not repeat. */
  readonly names: readonly string[]
  /** Whether the person has no other factor. */
  readonly isOnlyFactor: boolean
  readonly passwords: Site['passwords']
}
