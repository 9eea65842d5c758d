import type { ReactNode } from 'react'
import { Heading } from '../ui/frame/heading.tsx'
import type { SignInModel } from './use-sign-in.ts'

/** The heading of a step: after each answered try it is a page anew. */
export const StepHeading = ({ signIn, children }: { readonly signIn: SignInModel; readonly children: ReactNode }) => (
  <Heading key={signIn.tries}>{children}</Heading>
)
