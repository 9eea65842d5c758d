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

/** The services and settings of the process under one configuration. Composed by hand in app.ts. */
export interface AppContext {
  readonly config: Config
  /** Past configurations that sign-ins still under way may have begun under. */
  readonly pastConfigs: readonly PastConfig[]
  readonly issuer: URL
  /** The name that the service has for people. */
  readonly serviceName: string
  readonly store: Store
  /** Encrypts the state of a challenge or of an enrolment's question until it is answered. */
  readonly challengeSeal: Seal
  /** Encrypts what a browser keeps for us: cookies and tickets. */
  readonly tickets: Seal
  /** The subject identifiers that pairwise clients know people by. */
  readonly subjects: Subjects
  /** The addresses of factors that hand off to another origin, each for a handoff ticket. */
  readonly handoffs: Readonly<Partial<Record<BuiltFactor, (ticket: string) => string>>>
  /** The budget of sign-ins begun and challenges opened, by network address. */
  readonly openings: OpeningBudget
  /** The channels by which messages go out to people. */
  readonly channels: OpenChannels
  /** The pages that are told when their view changes. */
  readonly streams: EventStreams
  readonly pages: Pages
  readonly log: Logger
  readonly now: () => Date
  /** The network address of a request; null where it is not known. */
  readonly addressOf: (incoming: IncomingMessage) => string | null
}

export const clientOf = (app: AppContext, id: string): Client => {
  const client = app.config.clients.get(id)
  if (!client) throw new Error(`There is no client ${id}.`)
  return client
}
