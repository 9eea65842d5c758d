import type { BuiltFactor, Prompt } from './factors/index.ts'
import type { FactorId } from './factors/table.ts'
import type { Refusal, RefusalCode } from './refusal.ts'

/** One door of the arcade: who you are, or the factors that may pass it. */
export interface Door {
  readonly label: 'who' | FactorId
  readonly state: 'passed' | 'open' | 'ahead'
}

/** A challenge that is open, in its factor's own terms. */
export type Challenge = {
  [Id in BuiltFactor]: { readonly id: string; readonly factor: Id; readonly prompt: Prompt<Id> }
}[BuiltFactor]

interface Underway {
  readonly uid: string
  /** The relying party's name. */
  readonly client: string
  readonly doors: readonly Door[]
  /** Sent back with every action; another value means that another tab was first. */
  readonly revision: number
  /** When this sign-in closes (ISO 8601). */
  readonly closesAt: string
  readonly refusal: Refusal | null
}

/** Every page that Sallyport shows to somebody who is signing in, out, or neither: the browser renders it and decides nothing. */
export type View =
  | (Underway & { readonly at: 'identify'; readonly username: string })
  | (Underway & { readonly at: 'answer'; readonly username: string; readonly challenge: Challenge })
  | (Underway & { readonly at: 'elsewhere'; readonly person: string; readonly goTo: string })
  | (Underway & { readonly at: 'refused'; readonly why: RefusalCode })
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
  | { readonly at: 'home'; readonly bench: boolean }
  | { readonly at: 'bench' }

/** The views of a sign-in under way, which the page's actions are answered with. */
export type SignInView = Extract<View, { readonly uid: string }>
