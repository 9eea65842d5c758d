import type { IncomingMessage } from 'node:http'
import type { Logger } from 'pino'
import type { BuiltFactor } from '#shared/factors/index.ts'
import type { OpeningBudget } from '../attempts/opening-budget.ts'
import type { Former } from '../config/history.ts'
import type { Client, Config } from '../config/load.ts'
import type { PostOffice } from '../factors/sms/post-office.ts'
import type { Pages } from '../pages/pages.ts'
import type { Seal } from '../secrets/seal.ts'
import type { Store } from '../store/store.ts'
import type { Subjects } from './subjects.ts'

/** What every room is given. Composed by hand in app.ts. */
export interface House {
  readonly config: Config
  /** Under which sign-ins that are still under way may have begun. */
  readonly former: readonly Former[]
  readonly issuer: URL
  /** What the service calls itself to people. */
  readonly serviceName: string
  readonly store: Store
  /** For what is kept of a question until it is answered. */
  readonly drafts: Seal
  /** For what a browser keeps for us. */
  readonly tickets: Seal
  /** As whom pairwise clients know people. */
  readonly subjects: Subjects
  /** Of factors that are answered elsewhere: the address that a ticket is good for. */
  readonly sideDoors: Readonly<Partial<Record<BuiltFactor, (ticket: string) => string>>>
  /** How often sign-ins are begun and challenges opened. */
  readonly openings: OpeningBudget
  /** Where what goes to people's phones goes out. */
  readonly post: PostOffice
  readonly pages: Pages
  readonly log: Logger
  readonly now: () => Date
  /** Where a request comes from; null when that cannot be known. */
  readonly addressOf: (incoming: IncomingMessage) => string | null
}

export const clientOf = (house: House, id: string): Client => {
  const client = house.config.clients.get(id)
  if (!client) throw new Error(`There is no client ${id}.`)
  return client
}
