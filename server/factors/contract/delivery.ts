import type { Refusal } from '#shared/refusal.ts'

/** A message for a person; `by` names the channel that delivers it. */
export interface Delivery {
  readonly by: string
}

/** Why a message was not delivered, or may not have been. */
export interface Undelivered {
  readonly why: Refusal
  /** The message may still arrive: its channel does not know. */
  readonly perhaps: boolean
}

/** Hands a message for one person to its channel. Null when the channel took the message. */
export type Deliver<Message extends Delivery> = (message: Message) => Promise<Undelivered | null>

/** A channel of messages to people, and the only place that counts its messages for each account. */
export interface Channel<Message extends Delivery> {
  deliver(account: string, message: Message): Promise<Undelivered | null>
  close(): Promise<void>
}
