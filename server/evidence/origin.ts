import type { IncomingMessage } from 'node:http'
import { devicesIn, type SeenDevice } from '../attempts/device-cookie.ts'
import type { AppContext } from '../context/app-context.ts'
import { type SignedBefore, signedBefore } from './known-browser.ts'

/** The origin of a request, whoever sends it. */
export interface Origin {
  /** The network address; null where it is not known. */
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
