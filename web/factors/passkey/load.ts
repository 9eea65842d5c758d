import { useEffect } from 'react'
import type { UnansweredStep } from '../contract/factor.ts'

const ceremony = () => import('./ceremony.ts')
type Ceremony = Awaited<ReturnType<typeof ceremony>>

/** Loads it before it is needed, and ends it with the page that asked. */
export const useCeremony = (): void =>
  useEffect(() => {
    withCeremony(() => {})
    return () => withCeremony(({ leave }) => leave())
  }, [])

/** What a page can do without, where it does not load. */
export const withCeremony = (use: (loaded: Ceremony) => unknown): void => void ceremony().then(use, () => {})

/** What cannot be loaded cannot be asked. */
export async function ceremonyAsking<Given>(
  ask: (loaded: Ceremony) => Promise<Given | UnansweredStep>,
): Promise<Given | UnansweredStep> {
  const loaded = await ceremony().catch(() => null)
  return loaded ? ask(loaded) : { unanswered: 'factor.passkey.failed' }
}
