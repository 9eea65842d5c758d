import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchChaos } from '#shared/wire/bench.ts'
import { masked } from './number.ts'
import type { Handed, Sender, TextMessage } from './sender.ts'

export interface OutboxText {
  readonly id: number
  readonly at: Date
  /** The masked phone number. */
  readonly to: string
  readonly body: string
}
export const chaoses = ['off', 'fail', 'delay'] as const satisfies readonly BenchChaos[]

/** The demo's phones: messages stay in memory for the bench, which can make the next ones fail or come late. */
export interface Outbox extends Sender {
  /** All messages, the latest first. */
  texts(): readonly OutboxText[]
  chaos: BenchChaos
}

const most = 50
const delayMs = 20_000

export function openOutbox(now: () => Date): Outbox {
  let texts: readonly OutboxText[] = []
  let count = 0
  const closing = new AbortController()
  const take = ({ to, body }: TextMessage) => {
    count += 1
    texts = [{ id: count, at: now(), to: masked(to), body }, ...texts].slice(0, most)
  }
  return {
    chaos: 'off',
    texts: () => texts,
    async send(text): Promise<Handed> {
      if (this.chaos === 'fail') return { is: 'refused', because: 'the bench asked for it' }
      if (this.chaos === 'delay') {
        void sleep(delayMs, null, { ref: false, signal: closing.signal }).then(
          () => take(text),
          () => {},
        )
        return { is: 'late', because: 'the bench asked for it' }
      }
      take(text)
      return { is: 'sent' }
    },
    async close() {
      closing.abort()
    },
  }
}
