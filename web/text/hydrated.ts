import { useSyncExternalStore } from 'react'

const never = () => () => {}

/** Whether the script has taken the page over: false in the server's HTML, and until hydration. */
export const useHydrated = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
