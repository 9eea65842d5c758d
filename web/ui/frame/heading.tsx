import type { ReactNode } from 'react'
import { useArrival } from '../form/arrival.ts'

/** The page's heading, which has the focus on a page without a field to focus. */
export const Heading = ({ children }: { children: ReactNode }) => (
  <h1 ref={useArrival()} tabIndex={-1}>
    {children}
  </h1>
)
