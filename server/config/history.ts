import type { Client, Config } from './load.ts'

/** A past configuration, remembered for as long as a sign-in that began under it can last. */
export interface PastConfig extends Pick<Config, 'clients'> {
  /** Epoch milliseconds. */
  readonly until: number
}

/** Longer than any sign-in lasts (`storedMs` in sign-in/state.ts). */
const longestMs = 2 * 3_600_000

interface Judges {
  readonly config: Pick<Config, 'clients'>
  readonly pastConfigs: readonly PastConfig[]
  readonly now: () => Date
}

/** The past configurations with the one in force among them, for a reload that replaces it. */
export function pastConfigsWith({ config, pastConfigs, now }: Judges): readonly PastConfig[] {
  const at = now().getTime()
  return [{ clients: config.clients, until: at + longestMs }, ...pastConfigs.filter(({ until }) => until > at)]
}

/**
 * The client as registered now, with the rules that a sign-in began with, found by their hash. Where the rules are not
 * remembered (the process has restarted, or the sign-in's row was written before this field) those in force decide.
 */
export function clientAsOf(
  { config, pastConfigs, now }: Judges,
  client: Client,
  rulesHash: string | undefined,
): Client {
  const at = now().getTime()
  const found = [config, ...pastConfigs.filter(({ until }) => until > at)]
    .map(({ clients }) => clients.get(client.client_id))
    .find((registered) => registered?.rulesHash === rulesHash)
  if (!found) return client
  return { ...client, clientRules: found.clientRules, rulesHash: found.rulesHash, policyHash: found.policyHash }
}
