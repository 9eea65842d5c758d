import { generateSync } from 'otplib'
import type { House } from './test-server.ts'

export interface App {
  readonly label: string
  readonly secret: string
}

const stepMs = 30_000
const nowIn = ({ clock }: House) => Date.now() + clock.aheadMs

/** What somebody's app shows, so many steps from now. */
export const codeOf = (house: House, { secret }: App, steps = 0): string =>
  generateSync({ secret, epoch: Math.floor((nowIn(house) + steps * stepMs) / 1000) })

/** The house's clock goes on to the beginning of a later step, so that no step ends in the middle of a test. */
export function nextStep(house: House, steps = 1): void {
  house.clock.aheadMs += stepMs * steps - (nowIn(house) % stepMs) + 1000
}
