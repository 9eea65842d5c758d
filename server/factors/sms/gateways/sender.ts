export interface TextMessage {
  /** E.164. */
  readonly to: string
  readonly body: string
}

/** What became of a text. `because` is for the log alone, and never holds what was sent, nor to whom. */
export type Handed =
  /** `message`: what the gateway calls it in its receipts, where it says so. */
  | { readonly is: 'sent'; readonly message?: string }
  /** It may come yet, and may have come. */
  | { readonly is: 'late'; readonly because: string }
  /** It will not come. */
  | { readonly is: 'refused'; readonly because: string }

/** Whatever takes texts to phones. It answers in time, and does not throw. */
export interface Sender {
  send(text: TextMessage): Promise<Handed>
  close(): Promise<void>
}

/** How long a gateway may take to answer. */
export const patienceMs = 5000
