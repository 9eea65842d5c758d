import { lazy, Suspense } from 'react'
import { Route, Routes } from 'react-router'
import type { View } from '#shared/view.ts'
import { ErrorPage } from './sign-in/error.tsx'
import { SignInPage } from './sign-in/sign-in.tsx'
import { Home, SignedOut, SignOut } from './sign-in/sign-out.tsx'

const Bench = lazy(() => import('./bench/bench.tsx'))

/** The bench is a page of its own; everywhere else the server's view says what there is to see. */
export const Pages = ({ view }: { view: View }) => (
  <Routes>
    <Route
      path="/bench/*"
      element={
        <Suspense>
          <Bench />
        </Suspense>
      }
    />
    <Route path="*" element={<Page view={view} />} />
  </Routes>
)

function Page({ view }: { view: View }) {
  switch (view.at) {
    case 'error':
      return <ErrorPage view={view} />
    case 'sign-out':
      return <SignOut view={view} />
    case 'signed-out':
      return <SignedOut />
    case 'home':
      return <Home view={view} />
    case 'bench':
      return null
    default:
      return <SignInPage first={view} />
  }
}
