import './ui/page.css'
import { StrictMode } from 'react'
import { createRoot, hydrateRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import type { Page, View } from '#shared/wire/view.ts'
import { ServiceName, Translated } from './i18n.tsx'
import { byScript, Pages } from './routes.tsx'

const root = document.getElementById('root')
const given = document.getElementById('view')?.textContent
if (!root || !given) throw new Error('The page came without its view.')
const shown: Page = JSON.parse(given)
if (shown.at !== 'problem') takeOver(root, shown)

void import('./ui/fonts.css')

function takeOver(root: HTMLElement, view: View) {
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
}
