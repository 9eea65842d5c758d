import { lazy, Suspense } from 'react'
import { Route, Routes } from 'react-router'
import type { View } from '#shared/view.ts'
import type { Message } from '../text/text.tsx'
import { Boundary } from '../ui/frame/boundary.tsx'
import { Card } from '../ui/frame/card.tsx'
import { BrokenStep } from './broken-step.tsx'
import { ErrorPage } from './error.tsx'
import { Returned } from './returned.tsx'
import { SignInPage } from './sign-in.tsx'
import { Home, SignedOut, SignOut } from './sign-out.tsx'

const Bench = lazy(() => import('../bench/bench.tsx'))

/** Pages that come in scripts of their own, and what is said where there is none. */
export function byScript({ at }: View): Message | null {
  if (at === 'bench') return 'bench.no-script'
  return at === 'enrol' ? 'enrol.no-script' : null
}

/** The server's view says what there is to see; within the bench the address does. */
export const Pages = ({ view }: { view: View }) => (
  <Boundary
    of={view}
    instead={
      <Card doors={[]}>
        <BrokenStep view={view} />
      </Card>
    }
  >
    {view.at === 'bench' ? <BenchRoutes /> : <Page view={view} />}
  </Boundary>
)

const BenchRoutes = () => (
  <Routes>
    <Route
      path="/bench/*"
      element={
        <Suspense>
          <Bench />
        </Suspense>
      }
    />
  </Routes>
)

function Page({ view }: { view: View }) {
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
    case 'bench':
      return null
    default:
      return <SignInPage first={view} />
  }
}
