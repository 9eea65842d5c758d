import type { Consent } from '../consent.ts'
import type { BuiltFactor, EnrollableFactor, Prompt, Told } from '../factors/index.ts'
import type { FactorId } from '../factors/table.ts'
import type { Refusal, RefusalCode } from '../refusal.ts'
import type { EnrolmentQuestion } from './enrolment.ts'

/** One door of the arcade: who you are, or the factors that may pass it. */
export interface DoorView {
  /** `choice` while there is one to make. */
  readonly label: 'who' | 'choice' | FactorId
  /** How many factors there are to choose from. */
  readonly of: number
  readonly state: 'passed' | 'open' | 'ahead'
}

/** A challenge that is open, in its factor's own terms. */
export type Challenge = {
  [Id in BuiltFactor]: {
    readonly id: string
    readonly factor: Id
    /** Which of the person's authenticators it is for; null when it is for all of them, or nothing may be shown yet. */
    readonly authenticator: string | null
    readonly prompt: Prompt<Id>
    /** Where the browser goes to answer it; null for what is answered on the page. */
    readonly answerUrl: string | null
    /** Milliseconds after which the page had better look again, because there is a new one; null when it lasts. */
    readonly renewInMs: number | null
  }
}[BuiltFactor]

/** What a factor's page should pass on to the browser, now that something was proven with it. */
export type News = {
  [Id in BuiltFactor]: { readonly factor: Id; readonly told: Told<Id> }
}[BuiltFactor]

/** One way to go on. Before the first proof it is the same for everybody, and says nothing about the person's own. */
export interface Method {
  readonly factor: BuiltFactor
  readonly authenticator: string | null
  readonly label: string | null
  readonly lastUsed: boolean
  /** Until when (ISO 8601) its answers are not looked at; null when they are, and before the first proof. */
  readonly lockedUntil: string | null
}

interface Underway {
  readonly uid: string
  /** The relying party's name. */
  readonly client: string
  readonly doors: readonly DoorView[]
  /** Sent back with every action; another value means that another tab was first. */
  readonly revision: number
  /** Milliseconds after which this sign-in closes: a browser's clock may be another than ours. */
  readonly closesInMs: number
  readonly refusal: Refusal | null
  readonly news?: News
}

/** Every page that Sallyport shows to somebody who is signing in, out, or neither: the browser renders it and decides nothing. */
export type View =
  | (Underway & {
      readonly at: 'identify'
      readonly username: string
      /** What may be answered instead: the answer says who it is. */
      readonly usernameless: readonly Challenge[]
    })
  | (Underway & {
      readonly at: 'answer'
      readonly username: string
      readonly challenge: Challenge
      /** The authenticator's name, where the person has several. */
      readonly label: string | null
      readonly canChoose: boolean
      /** It is for the day the rest is lost: a new authenticator is asked for after it. */
      readonly renews: boolean
    })
  /** The browser has just brought back an answer through a side door: it is sent on before anything else. */
  | (Underway & { readonly at: 'returning'; readonly challenge: string; readonly answer: string })
  | (Underway & { readonly at: 'choose'; readonly username: string; readonly methods: readonly Method[] })
  /** Somebody has nothing for this step, and may make it here: one of these, or the question that is open for it. */
  | (Underway & {
      readonly at: 'enrol'
      readonly because: 'missing' | 'recovered'
      readonly username: string
      readonly factors: readonly EnrollableFactor[]
      readonly question: EnrolmentQuestion | null
    })
  /** The relying party wants the person to say which account it is. */
  | (Underway & { readonly at: 'account'; readonly person: string; readonly username: string })
  /** Somebody else's relying party wants to be told and allowed this. */
  | (Underway & Consent & { readonly at: 'consent'; readonly person: string })
  | (Underway & { readonly at: 'elsewhere'; readonly person: string; readonly goTo: string })
  /** `missing`: one of these would have done, and the person has none. */
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
  /** In a tab of its own: what it brought back is for the page that opened it. */
  | { readonly at: 'returned' }
  | { readonly at: 'home'; readonly bench: boolean }
  | { readonly at: 'bench' }

/** What a refusal's code means, where problem details point to (RFC 9457 §3.1.1). Drawn by the server alone. */
export interface ProblemView {
  readonly at: 'problem'
  readonly code: RefusalCode
  readonly status: number
}

/** All that the server draws. */
export type Page = View | ProblemView

/** The views of a sign-in under way, which the page's actions are answered with. */
export type SignInView = Extract<View, { readonly uid: string }>
