import { readdirSync, readFileSync } from 'node:fs'
import { operations } from '#server/admin/operations.ts'
import { Browser } from './browser.ts'
import { ada, demo } from './people/people.ts'
import { arrive, ask, redeem, signIn } from './sign-in.ts'
import type { TestServer } from './test-server.ts'

/** An address that takes a POST, and the headers that get a request as far as its body. */
export interface Post {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

const token = 'a token of the administrators alone, 42'
export const withAdmin: typeof demo = (clients) => `admin: { secret: '${token}' }\n${demo(clients)}`

const actions = ['identify', 'challenge', 'answer', 'enrol', 'agree', 'restart', 'extend', 'cancel']
const basic = { authorization: `Basic ${btoa('lighthouse:a+secret+of+the+lighthouse+alone')}` }

/** Every one, of a house that is configured `withAdmin`: somebody is half way through one sign-in, and has finished another. */
export async function everyPost(server: TestServer): Promise<readonly Post[]> {
  const browser = new Browser()
  const asked = await ask(server)
  await redeem(asked, await signIn(browser, asked, ada))
  const { page } = await arrive(browser, await ask(server, 'harbour', { prompt: 'login' }))
  const at = async (url: string): Promise<Post> => ({
    path: new URL(url, server.issuer).pathname,
    headers: { origin: server.issuer, cookie: await browser.jar.getCookieString(new URL(url, server.issuer).href) },
  })
  const bench = ['outbox', 'matrix/bench', 'people/ada/enrolments', 'people/ada/enrolments/x']
  const metadata = asked.config.serverMetadata()
  const engines = ['authorization', 'token', 'introspection', 'pushed_authorization_request', 'userinfo', 'end_session']
  const own = await Promise.all([
    ...actions.map((action) => at(`${page}/${action}`)),
    at('/api/account/sessions/end'),
    at('/session/end/confirm'),
    ...[...bench, 'people/ada/authenticators/x/remove'].map((path) => at(`/bench/api/${path}`)),
    ...engines.map((name) => at(String(metadata[`${name}_endpoint`]))),
  ])
  return [
    ...own.map(({ path, headers }) => ({ path, headers: { ...headers, ...basic } })),
    ...operations.map(({ path }) => ({ path: `/api/admin${path}`, headers: { authorization: `Bearer ${token}` } })),
    { path: '/nobody-listens-here', headers: {} },
  ]
}

/** What the source says takes a POST: the last segment of each route that is written out. */
export function postsInSource(): readonly string[] {
  const root = new URL('../server', import.meta.url).pathname
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
  return files
    .flatMap((path) => [...readFileSync(`${root}/${path}`, 'utf8').matchAll(/app\.post\('([^']+)'/g)])
    .map(([, route = '']) => route)
}
