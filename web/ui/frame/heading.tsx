import type { ReactNode } from 'react'
import { useArrival } from '../form/arrival.ts'

/** The page's heading; keeps the focus when a page has no field that should have it. */
export const Heading = ({ children }: { children: ReactNode }) => (
  <h1 ref={useArrival()} tabIndex={-1}>
    {children}
  </h1>
)
