import type { View } from '#shared/wire/view.ts'
import { Boundary } from '../ui/frame/boundary.tsx'
import { PageCard } from '../ui/frame/card.tsx'
import { BrokenStep } from './broken-step.tsx'
import { Returned } from './returned.tsx'
import { SignInPage } from './sign-in.tsx'

/** The page of a view, with its script: the view decides what is shown, and not the address. */
export const SignInPages = ({ view }: { view: View }) => (
  <Boundary
    of={view}
    instead={
      <PageCard doors={[]}>
        <BrokenStep view={view} />
      </PageCard>
    }
  >
    {view.at === 'returned' ? <Returned /> : <SignInPage first={view} />}
  </Boundary>
)
