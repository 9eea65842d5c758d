import { generateSync } from 'otplib'
import type { TestServer } from './test-server.ts'

export interface App {
  readonly label: string
  readonly secret: string
}

const stepMs = 30_000
const nowIn = ({ clock }: TestServer) => Date.now() + clock.aheadMs

/** What somebody's app shows, so many steps from now. */
export const codeOf = (server: TestServer, { secret }: App, steps = 0): string =>
  generateSync({ secret, epoch: Math.floor((nowIn(server) + steps * stepMs) / 1000) })

/** The house's clock goes on to the beginning of a later step, so that no step ends in the middle of a test. */
export function nextStep(server: TestServer, steps = 1): void {
  server.clock.aheadMs += stepMs * steps - (nowIn(server) % stepMs) + 1000
}
