import type { Logger } from 'pino'
import { openingBudget } from './attempts/opening-budget.ts'
import { cardsFolder } from './bench/test-cards/cards.ts'
import { demoCards } from './bench/test-cards/link.ts'
import { clockWatch } from './clock/watch.ts'
import { pastConfigsWith } from './config/history.ts'
import type { Config } from './config/load.ts'
import { serviceNameOf } from './config/service-name.ts'
import { storeSettingsOf } from './config/store-settings.ts'
import type { AppContext } from './context/app-context.ts'
import { subjectKey, subjectsWith } from './context/subjects.ts'
import { openChannels } from './factors/channels.ts'
import { openCardHost } from './factors/smartcard/host.ts'
import { bindToIssuerKeys } from './factors/smartcard/issuer-keys.ts'
import { addressReader } from './http/address.ts'
import { eventStreams } from './http/event-streams.ts'
import type { Pages } from './pages/pages.ts'
import { importPeople } from './people/import.ts'
import { type Listener, routesOf } from './routes.ts'
import { keysFor } from './secrets/keys.ts'
import { sealWith } from './secrets/seal.ts'
import { openStore } from './store/open.ts'

export interface Application {
  readonly listener: Listener
  /** The context under the configuration in force. */
  readonly context: AppContext
  /**
   * Puts another configuration in force, whole, from the next request on; requests under way are finished under this
   * one.
   */
  applyConfig(changed: Config): void
  /** Deletes what is over, and tells relying parties of sign-outs that are due. Runs every minute. */
  sweep(): Promise<void>
  /** Makes /readyz say no from now on, so that no new work is sent here. */
  drain(): void
  close(): Promise<void>
}

interface Parts {
  readonly config: Config
  readonly issuer: URL
  readonly dataFolder: string
  readonly pages: Pages
  readonly log: Logger
  readonly now: () => Date
}

const sweepEveryMs = 60_000

/**
 * Opens the store, keys, text service and card host once, and composes the rest around them: at first, and for each
 * configuration after that.
 */
export async function createApp({ config, issuer, dataFolder, pages, log, now }: Parts): Promise<Application> {
  const keys = await keysFor(config, dataFolder, issuer, now())
  const store = await openStore(storeSettingsOf(config), dataFolder, keys.storage)
  const challengeSeal = sealWith(keys.storage.reveal(), 'drafts')
  const tickets = sealWith(keys.storage.reveal(), 'tickets')
  const subjects = subjectsWith(await subjectKey(store, keys.storage.reveal()))
  const channels = openChannels({ config, store, log, now })
  const people = config.bench ? (await importPeople(store, config.bench.people, now, config.passwords)).people : []
  const tests = config.bench?.cards ? await demoCards({ store, dataFolder, issuer, people, now: now() }) : null
  const card = config.card ?? tests
  if (card) await bindToIssuerKeys(store, card.anchors, log)
  const cards = card && (await openCardHost(card))
  const handoffs = cards ? { smartcard: cards.address } : {}
  const openings = openingBudget(now)
  const streams = eventStreams()
  const fixed = {
    issuer,
    store,
    challengeSeal,
    tickets,
    subjects,
    handoffs,
    openings,
    channels,
    streams,
    pages,
    log,
    now,
  }
  let draining = false
  const around = { keys, people, cards: tests && cardsFolder(dataFolder), isOpen: () => !draining }
  const composedFor = (config: Config, pastConfigs: AppContext['pastConfigs']) => {
    const serviceName = serviceNameOf(config, issuer)
    const app: AppContext = { ...fixed, config, serviceName, pastConfigs, addressOf: addressReader(config.proxies) }
    return { app, ...routesOf(app, around) }
  }
  let current = composedFor(config, [])
  const isBelieved = clockWatch({
    wentBack: (byMs) =>
      log.warn({ byMs }, 'the clock went back: what it wrote while it was ahead counts as if it had not been'),
    wentAhead: (byMs) => log.warn({ byMs }, 'the clock went ahead: for a day nothing is deleted for being old'),
  })
  isBelieved(now().getTime())
  const sweep = async () => {
    const at = now().getTime()
    await current.sessions.tellDue()
    if (!isBelieved(at)) return
    const { keep, addresses } = current.app.config.records
    await store.sweep({ expired: at - sweepEveryMs, records: at - keep, addresses: at - addresses })
  }
  cards?.serve(current.app)
  const sweeper = setInterval(
    () => void sweep().catch((err: unknown) => log.error({ err }, 'the sweep failed')),
    sweepEveryMs,
  )
  sweeper.unref()

  return {
    get context() {
      return current.app
    },
    listener: (req, res) => current.listener(req, res),
    applyConfig(changed) {
      current = composedFor(changed, pastConfigsWith(current.app))
    },
    sweep,
    drain() {
      draining = true
      streams.end()
    },
    async close() {
      clearInterval(sweeper)
      streams.end()
      await cards?.close()
      for (const channel of Object.values(channels)) await channel.close()
      await store.close()
    },
  }
}
