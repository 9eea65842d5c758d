import { useEffect } from 'react'
import type { UnansweredStep } from '../contract/factor.ts'

const ceremony = () => import('./ceremony.ts')
type Ceremony = Awaited<ReturnType<typeof ceremony>>

/** Loads the ceremony's script before it is needed, and ends its requests with the page. */
export const useCeremony = (): void =>
  useEffect(() => {
    withCeremony(() => {})
    return () => withCeremony(({ leave }) => leave())
  }, [])

/** Uses the ceremony's script for something that the page can do without: nothing happens when loading fails. */
export const withCeremony = (use: (loaded: Ceremony) => unknown): void => void ceremony().then(use, () => {})

/** Asks with the ceremony's script; when loading fails, the step stays unanswered, with a text. */
export async function ceremonyAsking<Given>(
  ask: (loaded: Ceremony) => Promise<Given | UnansweredStep>,
): Promise<Given | UnansweredStep> {
  const loaded = await ceremony().catch(() => null)
  return loaded ? ask(loaded) : { unanswered: 'factor.passkey.failed' }
}
