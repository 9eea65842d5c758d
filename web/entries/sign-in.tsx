import '../ui/style/base.css'
import '../ui/form/form.css'
import { createRoot, hydrateRoot } from 'react-dom/client'
import { SignInPages } from '../sign-in/pages.tsx'
import { Root } from '../ui/frame/root.tsx'
import { loadFonts, pageGiven } from './given.ts'

const { root, view, ...rest } = pageGiven()

const page = (
  <Root {...rest}>
    <SignInPages view={view} />
  </Root>
)
// The enrolment step has a script of its own, and the server draws nothing of it, so there is nothing to hydrate.
if (view.at === 'enrol') createRoot(root).render(page)
else hydrateRoot(root, page)

loadFonts()
