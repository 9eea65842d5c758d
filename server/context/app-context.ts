import type { IncomingMessage } from 'node:http'
import type { Logger } from 'pino'
import type { BuiltFactor } from '#shared/factors/index.ts'
import type { OpeningBudget } from '../attempts/opening-budget.ts'
import type { PastConfig } from '../config/history.ts'
import type { Client, Config } from '../config/load.ts'
import type { OpenChannels } from '../factors/channels.ts'
import type { EventStreams } from '../http/event-streams.ts'
import type { Pages } from '../pages/pages.ts'
import type { Seal } from '../secrets/seal.ts'
import type { Store } from '../store/store.ts'
import type { Subjects } from './subjects.ts'

/** What every room is given. Composed by hand in app.ts. */
export interface AppContext {
  readonly config: Config
  /** Under which sign-ins that are still under way may have begun. */
  readonly pastConfigs: readonly PastConfig[]
  readonly issuer: URL
  /** What the service calls itself to people. */
  readonly serviceName: string
  readonly store: Store
  /** For what is kept of a question until it is answered. */
  readonly challengeSeal: Seal
  /** For what a browser keeps for us. */
  readonly tickets: Seal
  /** As whom pairwise clients know people. */
  readonly subjects: Subjects
  /** Of factors that are answered elsewhere: the address that a ticket is good for. */
  readonly handoffs: Readonly<Partial<Record<BuiltFactor, (ticket: string) => string>>>
  /** How often sign-ins are begun and challenges opened. */
  readonly openings: OpeningBudget
  /** By what something goes out to people. */
  readonly channels: OpenChannels
  /** Pages that are told of what changes. */
  readonly streams: EventStreams
  readonly pages: Pages
  readonly log: Logger
  readonly now: () => Date
  /** Where a request comes from; null when that cannot be known. */
  readonly addressOf: (incoming: IncomingMessage) => string | null
}

export const clientOf = (app: AppContext, id: string): Client => {
  const client = app.config.clients.get(id)
  if (!client) throw new Error(`There is no client ${id}.`)
  return client
}
