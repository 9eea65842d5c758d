import type { Logger } from 'pino'
import type { Store } from '../store/store.ts'
import type { Channel, Delivery, Undelivered } from './contract/delivery.ts'
import { openSmsService } from './sms/sms-service.ts'
import type { Texting } from './sms/texting.ts'

interface Parts {
  readonly config: { readonly sms: Texting }
  readonly store: Store
  readonly log: Logger
  readonly now: () => Date
}

/** The channels of messages to people, one line each; a delivery names its channel (`by`). */
export const openChannels = (parts: Parts) =>
  ({
    sms: openSmsService(parts),
  }) satisfies Channels

export type Channels = Readonly<Record<string, Channel<never>>>
export type OpenChannels = ReturnType<typeof openChannels>
/** The deliveries of all channels. */
export type AnyDelivery = {
  [By in keyof OpenChannels]: OpenChannels[By] extends Channel<infer Message extends Delivery>
    ? Message & { readonly by: By }
    : never
}[keyof OpenChannels]

/** Hands a message to the channel that the message names. Throws when there is no such channel. */
export const deliverBy = (channels: Channels, account: string, message: AnyDelivery): Promise<Undelivered | null> => {
  const channel = channels[message.by]
  if (!channel) throw new Error(`Nothing delivers by ${message.by}.`)
  return channel.deliver(account, message as never)
}
