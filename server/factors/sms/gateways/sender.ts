export interface TextMessage {
  /** The phone number in E.164. */
  readonly to: string
  readonly body: string
}

/** The outcome of a message. `because` is for the log alone, and never holds the message nor the number. */
export type Handed =
  /** `message`: the gateway's id of the message in receipts, where the gateway gives one. */
  | { readonly is: 'sent'; readonly message?: string }
  /** Unknown: the message may have arrived, or may arrive yet. */
  | { readonly is: 'late'; readonly because: string }
  /** The message will not arrive. */
  | { readonly is: 'refused'; readonly because: string }

/** A gateway for text messages. `send` answers in time, and does not throw. */
export interface Sender {
  send(text: TextMessage): Promise<Handed>
  close(): Promise<void>
}

/** The time a gateway has to answer, in milliseconds. */
export const patienceMs = 5000
