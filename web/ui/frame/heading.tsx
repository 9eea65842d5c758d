import type { ReactNode } from 'react'

/** The page's heading; takes the focus when a page has no field that should. */
export const Heading = ({ children }: { children: ReactNode }) => <h1 tabIndex={-1}>{children}</h1>
