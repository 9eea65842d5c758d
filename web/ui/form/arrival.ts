import { type RefCallback, useState } from 'react'
import { useHydrated } from '../../text/hydrated.ts'

/**
 * Takes the focus when it is shown, and selects what is filled in, so that typing replaces it. Later in the page wins: a
 * field over its heading. In a page of the server's nothing does so; there the browser follows `autofocus`.
 */
export function useArrival(): RefCallback<HTMLElement> | undefined {
  const hydrated = useHydrated()
  const [isNew] = useState(hydrated)
  return isNew ? arrive : undefined
}

function arrive(element: HTMLElement | null) {
  element?.focus()
  if (element instanceof HTMLInputElement) element.select()
}
