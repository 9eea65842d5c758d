import type { IncomingMessage } from 'node:http'
import { devicesIn, type SeenDevice } from '../attempts/device-cookie.ts'
import type { AppContext } from '../context/app-context.ts'
import { type SignedBefore, signedBefore } from './known-browser.ts'

/** What a request says of where it comes from, whoever sends it. */
export interface Origin {
  /** The network address; null when that cannot be known. */
  readonly address: string | null
  readonly signedBefore: readonly SignedBefore[]
  readonly devices: readonly SeenDevice[]
}

export const originOf = (
  app: Pick<AppContext, 'issuer' | 'tickets' | 'now' | 'addressOf'>,
  incoming: IncomingMessage,
): Origin => ({
  address: app.addressOf(incoming),
  signedBefore: signedBefore(app, incoming),
  devices: devicesIn(app, incoming),
})
