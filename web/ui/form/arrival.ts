import { type RefCallback, useState } from 'react'
import { useHydrated } from '../../text/hydrated.ts'

/**
 * Focuses an element when it is first shown, and selects the text of a field, so that typing replaces it. The last such
 * element of a page wins: a field over its heading. In the server's HTML the browser follows `autofocus` instead.
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
