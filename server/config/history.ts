import type { Client, Config } from './load.ts'

/** A configuration that was in force, for as long as a sign-in that began under it can last. */
export interface PastConfig extends Pick<Config, 'clients'> {
  readonly until: number
}

/** No sign-in lasts as long (sign-in/state.ts). */
const longestMs = 2 * 3_600_000

interface Judges {
  readonly config: Pick<Config, 'clients'>
  readonly pastConfigs: readonly PastConfig[]
  readonly now: () => Date
}

export function pastConfigsWith({ config, pastConfigs, now }: Judges): readonly PastConfig[] {
  const at = now().getTime()
  return [{ clients: config.clients, until: at + longestMs }, ...pastConfigs.filter(({ until }) => until > at)]
}

/**
 * A client as it is registered now, under the rules that a sign-in began with, by their hash: all of them, or none. Where
 * nobody remembers them (the process started anew, or the sign-in was written before the hash was) the rules in force judge.
 */
export function clientAsOf(
  { config, pastConfigs, now }: Judges,
  client: Client,
  rulesHash: string | undefined,
): Client {
  const at = now().getTime()
  const found = [config, ...pastConfigs.filter(({ until }) => until > at)]
    .map(({ clients }) => clients.get(client.client_id))
    .find((one) => one?.rulesHash === rulesHash)
  if (!found) return client
  return { ...client, clientRules: found.clientRules, rulesHash: found.rulesHash, policyHash: found.policyHash }
}
