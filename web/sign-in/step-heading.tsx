import type { ReactNode } from 'react'
import { Heading } from '../ui/frame/heading.tsx'
import type { SignInModel } from './use-sign-in.ts'

/** The heading of a step, drawn anew after each answered try, as of a new page. */
export const StepHeading = ({ signIn, children }: { readonly signIn: SignInModel; readonly children: ReactNode }) => (
  <Heading key={signIn.tries}>{children}</Heading>
)
