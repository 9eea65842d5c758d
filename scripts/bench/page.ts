// Times the sign-in page in a browser with a slow network and a slow processor, against a page that is only a field.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, CDPSession } from 'playwright-core'
import { launch } from '../../tests/chromium.ts'
import { newVerifier } from './relying-party.ts'
import { spreadOf } from './statistics.ts'

const plain = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in</title></head>
<body><form method="post"><label>Email or username <input name="username" autofocus></label><button>Continue</button></form></body></html>`

const kilobits = 1000 / 8
/** Fast 3G, as browsers' developer tools define it. */
const network = {
  offline: false,
  latency: 150,
  downloadThroughput: 1600 * kilobits,
  uploadThroughput: 750 * kilobits,
} as const
export const slower = 4

export interface Visit {
  /** When a field is on the screen, and when the script has taken it over; null for a page without a script. */
  readonly usableMs: number
  readonly hydratedMs: number | null
  /** The bytes of the bodies on the wire by kind, headers left out. */
  readonly bytes: Readonly<Record<string, number>>
}

/** Runs in the browser before the page: checks every frame. React marks the elements that it has taken over. */
function watch() {
  const seen: { usableMs?: number; hydratedMs?: number } = {}
  Object.assign(globalThis, { seen })
  const look = () => {
    const field = document.querySelector('input:not([type=hidden])')
    if (field?.getClientRects().length) seen.usableMs ??= performance.now()
    if (field && Object.keys(field).some((key) => key.startsWith('__reactProps'))) seen.hydratedMs ??= performance.now()
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}

async function bytesBy(cdp: CDPSession) {
  const begun = new Map<string, { readonly type: string; readonly headers: number }>()
  const bytes: Record<string, number> = {}
  cdp.on('Network.responseReceived', ({ requestId, type, response }) =>
    begun.set(requestId, { type, headers: response.encodedDataLength }),
  )
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const { type, headers } = begun.get(requestId) ?? { type: 'Other', headers: 0 }
    bytes[type] = (bytes[type] ?? 0) + encodedDataLength - headers
  })
  await cdp.send('Network.enable')
  return bytes
}

/** Visits a page in a new context: `arriving` gets the address there, and leaves no page open during the visit. */
async function visit(browser: Browser, arriving: (context: BrowserContext) => Promise<string>): Promise<Visit> {
  const context = await browser.newContext()
  const url = await arriving(context)
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  const bytes = await bytesBy(cdp)
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true })
  await cdp.send('Network.emulateNetworkConditions', network)
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: slower })
  await page.addInitScript(watch)
  await page.goto(url, { waitUntil: 'networkidle' })
  const { usableMs, hydratedMs } = (await page.evaluate('seen')) as Partial<Visit>
  await context.close()
  return { usableMs: usableMs ?? Number.NaN, hydratedMs: hydratedMs ?? null, bytes }
}

async function servePlain() {
  const server = createServer((_, res) => res.setHeader('content-type', 'text/html').end(plain)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, url: `http://localhost:${(server.address() as AddressInfo).port}/` }
}

/** A page under measurement; it begins at the address of an authorization request. */
export interface Site {
  readonly name: string
  readonly issuer: string
  readonly authorizeUrl: (issuer: string, verifier: string) => string
}

/** All pages and the plain one, visited by turns with an empty cache: their times, the plain page's and their bytes. */
export async function pageTimes(sites: readonly Site[], rounds: number) {
  const { server, url } = await servePlain()
  const browser: Browser = await launch()
  const visits: { readonly plain: Visit; readonly pages: readonly Visit[] }[] = []
  try {
    for (let round = 0; round < rounds; round++) {
      const pages: Visit[] = []
      for (const { issuer, authorizeUrl } of sites)
        pages.push(
          await visit(browser, async ({ request }) => (await request.get(authorizeUrl(issuer, newVerifier()))).url()),
        )
      visits.push({ pages, plain: await visit(browser, async () => url) })
    }
  } finally {
    await browser.close()
    server.close()
  }
  return {
    plainMs: spreadOf(visits.map(({ plain }) => plain.usableMs)),
    pages: sites.map(({ name }, at) => {
      const of = (value: (page: Visit, plain: Visit) => number) =>
        spreadOf(visits.flatMap(({ pages, plain }) => (pages[at] ? [value(pages[at], plain)] : [])))
      return {
        name,
        usableMs: of(({ usableMs }) => usableMs),
        usable: of(({ usableMs }, plain) => usableMs / plain.usableMs),
        hydratedMs: of(({ hydratedMs }) => hydratedMs ?? Number.NaN),
        bytes: visits[0]?.pages[at]?.bytes ?? {},
      }
    }),
  }
}
