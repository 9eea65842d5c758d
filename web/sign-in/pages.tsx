import type { View } from '#shared/wire/view.ts'
import { Boundary } from '../ui/frame/boundary.tsx'
import { PageCard } from '../ui/frame/card.tsx'
import { BrokenStep } from './broken-step.tsx'
import { ErrorPage } from './error.tsx'
import { Returned } from './returned.tsx'
import { SignInPage } from './sign-in.tsx'
import { Home, SignedOut, SignOut } from './sign-out.tsx'

/** The views of all pages but the bench's. */
export type GateView = Exclude<View, { at: 'bench' }>

/** The page of a view: the view decides what is shown, and not the address. */
export const SignInPages = ({ view }: { view: GateView }) => (
  <Boundary
    of={view}
    instead={
      <PageCard doors={[]}>
        <BrokenStep view={view} />
      </PageCard>
    }
  >
    <Page view={view} />
  </Boundary>
)

function Page({ view }: { view: GateView }) {
  switch (view.at) {
    case 'error':
      return <ErrorPage view={view} />
    case 'sign-out':
      return <SignOut view={view} />
    case 'signed-out':
      return <SignedOut view={view} />
    case 'returned':
      return <Returned />
    case 'home':
      return <Home view={view} />
    default:
      return <SignInPage first={view} />
  }
}
