import '../ui/style/base.css'
import { StrictMode } from 'react'
import { createRoot, hydrateRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import type { View } from '#shared/view.ts'
import { byScript, Pages } from '../sign-in/pages.tsx'
import { ServiceName, Translated } from '../text/text.tsx'

const root = document.getElementById('root')
const given = document.getElementById('view')?.textContent
if (!root || !given) throw new Error('The page came without its view.')
const view: View = JSON.parse(given)

const serviceName = document.querySelector<HTMLMetaElement>('meta[name="application-name"]')?.content ?? ''

const page = (
  <StrictMode>
    <ServiceName value={serviceName}>
      <Translated locale={document.documentElement.lang}>
        <BrowserRouter>
          <Pages view={view} />
        </BrowserRouter>
      </Translated>
    </ServiceName>
  </StrictMode>
)
if (byScript(view)) createRoot(root).render(page)
else hydrateRoot(root, page)

// The page is read in the system's fonts where these do not come.
import('../ui/style/fonts.css').catch(() => {})
