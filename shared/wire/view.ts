import type { Consent } from '../consent.ts'
import type { BuiltFactor, EnrollableFactor, Prompt, Told } from '../factors/index.ts'
import type { FactorId } from '../factors/table.ts'
import type { Refusal, RefusalCode } from '../refusal.ts'
import type { EnrolmentQuestion } from './enrolment.ts'

/** One step in the page's progress: the account, or the factors that may pass the step. */
export interface DoorView {
  /** `who` for the account, `choice` for several factors, else the only factor. */
  readonly label: 'who' | 'choice' | FactorId
  /** The number of factors to choose from. */
  readonly of: number
  readonly state: 'passed' | 'open' | 'ahead'
}

/** An open challenge, in its factor's own terms. */
export type Challenge = {
  [Id in BuiltFactor]: {
    readonly id: string
    readonly factor: Id
    /** The authenticator that must answer; null when all of the factor may, or before the first proof. */
    readonly authenticator: string | null
    readonly prompt: Prompt<Id>
    /** The address where the browser answers by handoff; null for an answer on the page. */
    readonly answerUrl: string | null
    /** Milliseconds after which the page should fetch a new challenge; null when the challenge does not expire. */
    readonly renewInMs: number | null
    /** An answer waits for what is decided elsewhere: milliseconds after which the page asks again. */
    readonly pending?: { readonly askAgainInMs: number }
  }
}[BuiltFactor]

/** Data that a factor's page passes on to the browser after a proof with the factor. */
export type News = {
  [Id in BuiltFactor]: { readonly factor: Id; readonly told: Told<Id> }
}[BuiltFactor]

/** One way to go on. Before the first proof the ways are the same for everybody and say nothing about the person. */
export interface Method {
  readonly factor: BuiltFactor
  readonly authenticator: string | null
  readonly label: string | null
  readonly lastUsed: boolean
  /** Until when answers are refused unverified (ISO 8601); null when they are verified, and before the first proof. */
  readonly lockedUntil: string | null
}

interface Underway {
  readonly uid: string
  /** The relying party's name. */
  readonly client: string
  readonly doors: readonly DoorView[]
  /** The revision that every action must repeat: a different revision means that another tab was first. */
  readonly revision: number
  /** Milliseconds after which this sign-in closes: a browser's clock may be another than ours. */
  readonly closesInMs: number
  readonly refusal: Refusal | null
  readonly news?: News
}

/** Every page that Sallyport shows to a person, signing in or not: the browser renders the view and decides nothing. */
export type View =
  | (Underway & {
      readonly at: 'identify'
      readonly username: string
      /** Usernameless challenges, offered with the name field: the answer names the person. */
      readonly usernameless: readonly Challenge[]
    })
  | (Underway & {
      readonly at: 'answer'
      readonly username: string
      readonly challenge: Challenge
      /** The authenticator's name, where the person has several. */
      readonly label: string | null
      readonly canChoose: boolean
      /** Whether a new authenticator must be added after this challenge, because the factor is one of last resort. */
      readonly renews: boolean
    })
  /** The browser has just brought back an answer by handoff; the page submits it at once. */
  | (Underway & { readonly at: 'returning'; readonly challenge: string; readonly answer: string })
  | (Underway & { readonly at: 'choose'; readonly username: string; readonly methods: readonly Method[] })
  /** The person has no authenticator for this step and may enrol one: a choice of factors, or an open question. */
  | (Underway & {
      readonly at: 'enrol'
      readonly because: 'missing' | 'recovered'
      readonly username: string
      readonly factors: readonly EnrollableFactor[]
      readonly question: EnrolmentQuestion | null
    })
  /** The relying party asks the person to confirm the account (`prompt=select_account`). */
  | (Underway & { readonly at: 'account'; readonly person: string; readonly username: string })
  /** A third party's client asks for consent to these scopes. */
  | (Underway & Consent & { readonly at: 'consent'; readonly person: string })
  | (Underway & { readonly at: 'elsewhere'; readonly person: string; readonly goTo: string })
  /** `missing`: factors without an authenticator, one of which would have been enough. */
  | (Underway & { readonly at: 'refused'; readonly why: RefusalCode; readonly missing: readonly FactorId[] })
  | (Underway & { readonly at: 'done'; readonly goTo: string })
  | {
      readonly at: 'over'
      readonly why: RefusalCode
      readonly reference: string | null
      readonly client: string | null
      readonly goTo: string | null
    }
  | {
      readonly at: 'error'
      readonly code: RefusalCode
      readonly client: string | null
      readonly detail: string | null
      readonly reference: string | null
    }
  | { readonly at: 'sign-out'; readonly client: string | null; readonly action: string; readonly xsrf: string }
  | { readonly at: 'signed-out'; readonly client: string | null; readonly still: boolean }
  /** A handoff's own tab has returned; its answer belongs to the page that opened the tab. */
  | { readonly at: 'returned' }
  | { readonly at: 'home'; readonly bench: boolean }
  | { readonly at: 'bench' }

/** The page of a refusal's code, the `type` of problem details (RFC 9457 §3.1.1). Rendered by the server alone. */
export interface ProblemView {
  readonly at: 'problem'
  readonly code: RefusalCode
  readonly status: number
}

/** Every page that the server renders. */
export type Page = View | ProblemView

/** The views of a sign-in under way: the responses to the page's actions. */
export type SignInView = Extract<View, { readonly uid: string }>
