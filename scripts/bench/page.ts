// Times the sign-in page in a browser with a slow network and a slow processor, against a page that is only a field.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, CDPSession } from 'playwright-core'
import { launch } from '../../tests/chromium.ts'
import { authorizeUrl } from './relying-party.ts'
import { median } from './statistics.ts'

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
  const types = new Map<string, string>()
  const bytes: Record<string, number> = {}
  cdp.on('Network.responseReceived', ({ requestId, type }) => types.set(requestId, type))
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const type = types.get(requestId) ?? 'Other'
    bytes[type] = (bytes[type] ?? 0) + encodedDataLength
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

/** The medians of both pages, visited by turns with an empty cache. */
export async function pageTimes(issuer: string, rounds: number) {
  const { server, url } = await servePlain()
  const browser: Browser = await launch()
  const visits: { readonly ours: Visit; readonly plain: Visit }[] = []
  try {
    for (let round = 0; round < rounds; round++) {
      const ours = await visit(browser, async ({ request }) => {
        const arrived = await request.get(authorizeUrl(issuer, 'a verifier that nobody will ever ask for again'))
        return arrived.url()
      })
      visits.push({ ours, plain: await visit(browser, async () => url) })
    }
  } finally {
    await browser.close()
    server.close()
  }
  const of = (time: (visit: (typeof visits)[number]) => number) => median(visits.map(time))
  return {
    usableMs: of(({ ours }) => ours.usableMs),
    hydratedMs: of(({ ours }) => ours.hydratedMs ?? Number.NaN),
    plainMs: of(({ plain }) => plain.usableMs),
    bytes: visits[0]?.ours.bytes ?? {},
  }
}
