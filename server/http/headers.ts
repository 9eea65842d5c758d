import type { ServerResponse } from 'node:http'
import type { Pages } from '../pages/pages.ts'

interface Site {
  readonly issuer: URL
  readonly pages: Pick<Pages, 'development' | 'inlineStyle'>
}

/** What every response carries. */
export function setSecurityHeaders(res: ServerResponse, site: Site): void {
  res.setHeader('Content-Security-Policy', contentPolicy(site))
  res.setHeader('X-Content-Type-Options', 'nosniff')
  res.setHeader('X-Frame-Options', 'DENY')
  // Not no-referrer: native form posts would carry `Origin: null`.
  res.setHeader('Referrer-Policy', 'same-origin')
  res.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  res.setHeader('Cache-Control', 'no-store')
  if (site.issuer.protocol === 'https:') res.setHeader('Strict-Transport-Security', 'max-age=31536000')
}

const formsToSelf = "form-action 'self'"

/** The engine's own forms lead to a client: to the one at hand, and to no other (browsers judge redirects by this too). */
export const formsTo = (policy: string, origins: readonly string[]): string =>
  policy.replace(formsToSelf, [formsToSelf, ...new Set(origins)].join(' '))

/** Nothing inline but our own style sheet, and nothing from elsewhere; the development server alone injects scripts and styles. */
function contentPolicy({ pages }: Pick<Site, 'pages'>): string {
  const self = pages.development ? "'self' 'unsafe-inline'" : "'self'"
  return [
    "default-src 'none'",
    `script-src ${self}`,
    `style-src ${pages.inlineStyle ? `${self} ${pages.inlineStyle}` : self}`,
    `connect-src 'self'${pages.development ? ' ws:' : ''}`,
    "img-src 'self' data:",
    "font-src 'self'",
    formsToSelf,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
}
