import type { ServerResponse } from 'node:http'
import type { House } from '../house.ts'

/** What every response carries; `formTargets` are the origins that a form's redirect may lead to. */
export function secure(res: ServerResponse, house: House, formTargets: readonly string[]): void {
  res.setHeader('Content-Security-Policy', contentPolicy(house, formTargets))
  res.setHeader('X-Content-Type-Options', 'nosniff')
  res.setHeader('X-Frame-Options', 'DENY')
  // Not no-referrer: native form posts would carry `Origin: null`.
  res.setHeader('Referrer-Policy', 'same-origin')
  res.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  res.setHeader('Cache-Control', 'no-store')
  if (house.issuer.protocol === 'https:') res.setHeader('Strict-Transport-Security', 'max-age=31536000')
}

/** Nothing inline and nothing from elsewhere; the development server alone injects scripts and styles. */
export function contentPolicy({ pages }: Pick<House, 'pages'>, formTargets: readonly string[]): string {
  const self = pages.development ? "'self' 'unsafe-inline'" : "'self'"
  return [
    "default-src 'none'",
    `script-src ${self}`,
    `style-src ${self}`,
    `connect-src 'self'${pages.development ? ' ws:' : ''}`,
    "img-src 'self' data:",
    "font-src 'self'",
    ['form-action', "'self'", ...formTargets].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
}
