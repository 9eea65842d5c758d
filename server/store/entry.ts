import type { Proof } from '#shared/factors/contract.ts'
import type { BuiltFactor } from '#shared/factors/index.ts'
import type { Facts } from '#shared/policy/engine/facts.ts'

/** What is written of every challenge: whose, where, and under which policy. */
interface OfChallenge {
  /** The request's nonce, by which its relying party knows it, however it ends. */
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

/** What goes into the append-only log; never a secret. */
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
  /** By an operator: nothing that was proven before counts any more; or wrong answers are forgotten. */
  | { readonly kind: 'ended' | 'unlocked'; readonly account: string }
  /** An operator found out where it is; `ahead`: by how many codes further on than it was believed to be. */
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
      /** The rules that decided. */
      readonly rules: readonly string[]
      readonly acr: string
      readonly amr: readonly string[]
      readonly evidence: readonly string[]
      /** What conditions saw of the request: its network address, and whether the person was known in its browser. */
      readonly where: string | null
      readonly browser: Facts['browser']
    }
export type WrittenEntry = Entry & { readonly id: string; readonly at: number }
