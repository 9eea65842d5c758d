import type { Refusal } from '#shared/refusal.ts'

/** What goes out to a person; `by` names the channel that takes it. */
export interface Delivery {
  readonly by: string
}

/** A message that did not go out as it should. */
export interface Undelivered {
  readonly why: Refusal
  /** It may come yet: nobody knows. */
  readonly perhaps: boolean
}

/** Hands a message for one person to its channel. Null when it was taken. */
export type Deliver<Message extends Delivery> = (message: Message) => Promise<Undelivered | null>

/** One way out to people, and so the one place where what goes out by it is counted for each of them. */
export interface Channel<Message extends Delivery> {
  deliver(account: string, message: Message): Promise<Undelivered | null>
  close(): Promise<void>
}
