import type { ServerResponse } from 'node:http'
import type { Pages } from '../pages/pages.ts'

interface Site {
  readonly issuer: URL
  readonly pages: Pick<Pages, 'development' | 'inlineStyle'>
}

/** Sets the security headers of every response. */
export function setSecurityHeaders(res: ServerResponse, site: Site): void {
  res.setHeader('Content-Security-Policy', contentPolicy(site))
  res.setHeader('X-Content-Type-Options', 'nosniff')
  res.setHeader('X-Frame-Options', 'DENY')
  // Not no-referrer, with which native form posts would carry `Origin: null`.
  res.setHeader('Referrer-Policy', 'same-origin')
  res.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  res.setHeader('Cache-Control', 'no-store')
  if (site.issuer.protocol === 'https:') res.setHeader('Strict-Transport-Security', 'max-age=31536000')
}

const formsToSelf = "form-action 'self'"

/**
 * A Content-Security-Policy that also lets forms lead to these origins, for the engine's own forms that lead to a
 * client: browsers apply `form-action` to redirects too.
 */
export const formsTo = (policy: string, origins: readonly string[]): string =>
  policy.replace(formsToSelf, [formsToSelf, ...new Set(origins)].join(' '))

/** Content-Security-Policy: nothing from other origins, nothing inline but the own style sheet and development's. */
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
