import type { View } from '#shared/wire/view.ts'
import { ErrorPage } from './error.tsx'
import { SignInPage } from './sign-in.tsx'
import { Home, SignedOut, SignOut } from './sign-out.tsx'

/** The views whose pages need no script: nothing on them changes, and their forms and links are the browser's own. */
const stillPlaces = ['home', 'error', 'sign-out', 'signed-out', 'over', 'done'] as const
type StillView = Extract<View, { at: (typeof stillPlaces)[number] }>

export const isStill = (view: View): view is StillView => stillPlaces.some((place) => place === view.at)

/** A page that is drawn on the server alone. */
export function StillPage({ view }: { view: StillView }) {
  switch (view.at) {
    case 'home':
      return <Home view={view} />
    case 'error':
      return <ErrorPage view={view} />
    case 'sign-out':
      return <SignOut view={view} />
    case 'signed-out':
      return <SignedOut view={view} />
    default:
      return <SignInPage first={view} />
  }
}
