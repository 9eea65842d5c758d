import type { Proof } from '#shared/factors/contract.ts'
import type { BuiltFactor } from '#shared/factors/index.ts'
import type { Facts } from '#shared/policy/engine/facts.ts'

/** The fields of every log entry about a challenge: the account, the place and the policy. */
interface OfChallenge {
  /** The request's nonce, by which its relying party knows the request, however it ends. */
  readonly run: string | null
  readonly signIn: string
  readonly account: string | null
  readonly factor: BuiltFactor
  readonly client: string
  /** The policy's hash. */
  readonly policy: string
  /** The network address that the request came from. */
  readonly where: string | null
}

/** An entry of the append-only log; never holds a secret. */
export type Entry =
  | (OfChallenge & { readonly kind: 'opened'; readonly authenticator: string | null })
  | (OfChallenge & {
      readonly kind: 'refused'
      readonly authenticator: string | null
      readonly why: string
      readonly remark?: string
    })
  | (OfChallenge & {
      readonly kind: 'proven'
      readonly account: string
      readonly authenticator: string
      readonly proof: Proof
      readonly remark?: string
    })
  | {
      readonly kind: 'bound' | 'removed'
      readonly account: string
      readonly factor: BuiltFactor
      readonly authenticator: string
    }
  /** By an operator. `ended`: evidence from before counts no more. `unlocked`: wrong answers are forgotten. */
  | { readonly kind: 'ended' | 'unlocked'; readonly account: string }
  /** An operator resynchronized a hardware token; `ahead`: the codes by which the device was ahead of its record. */
  | {
      readonly kind: 'resynchronized'
      readonly account: string
      readonly factor: BuiltFactor
      readonly authenticator: string
      readonly ahead: number
    }
  | {
      readonly kind: 'issued'
      readonly run: string | null
      readonly account: string
      readonly client: string
      readonly policy: string
      /** The names of the deciding rules. */
      readonly rules: readonly string[]
      readonly acr: string
      readonly amr: readonly string[]
      readonly evidence: readonly string[]
      /** The network address and the browser's state that conditions were evaluated by. */
      readonly where: string | null
      readonly browser: Facts['browser']
    }
/** An entry that is to be appended, and its instant (epoch milliseconds). */
export interface DatedEntry {
  readonly entry: Entry
  readonly at: number
}
export type WrittenEntry = Entry & { readonly id: string; readonly at: number }
