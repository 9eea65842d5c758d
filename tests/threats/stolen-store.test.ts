import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as oidc from 'openid-client'
import { expect, test } from 'vitest'
import { Browser } from '../browser.ts'
import { ada } from '../people/people.ts'
import { arrive, ask, identify, redeem, signIn } from '../sign-in.ts'
import { questionIn } from '../smartcard/card-server.ts'
import { serverForAll } from '../test-server.ts'

// The attack: whoever gets hold of a copy of the store (a backup, a disk) presents what it holds, and is signed in.
// Nothing that may be presented is in it: not in a row, not in a free page, not in the log that stands beside the file.

const ledger = 'https://api.example.test/ledger'
const server = await serverForAll(
  ({ lighthouse, treasury }) => `bench: { people: people.yaml, cards: true }
resources:
  ${ledger}:
    scopes: [ledger.read]
    access_token: opaque
    introspection: { client_id: ledger-api, client_secret: a secret of the ledger alone }
policies:
  staff: { rules: [{ name: everyone, then: { primary: [password] } }] }
  cards: { rules: [{ name: everyone, then: { primary: [smartcard] } }] }
clients:
  lighthouse:
    client_name: Lighthouse Wiki
    redirect_uris: ['${lighthouse}/callback']
    client_secret: a secret of the lighthouse alone
    id_token_signed_response_alg: RS256
    policy: staff
    resources: ['${ledger}']
  treasury: { client_name: Treasury, redirect_uris: ['${treasury}/callback'], policy: cards }
`,
)

/** The store's file, and what stands beside it. */
const files = () =>
  readdirSync(server.dataFolder)
    .filter((name) => name.startsWith('sallyport.sqlite'))
    .map((name) => [name, readFileSync(join(server.dataFolder, name))] as const)

/** A browser, and the value of every cookie that it was ever given. */
function watched() {
  const browser = new Browser()
  const cookies = new Map<string, string>()
  const set = browser.jar.setCookie.bind(browser.jar)
  const watch = (line: string, url: string, options: object) => {
    const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(line) ?? []
    if (value) cookies.set(value, `the cookie ${name}`)
    return set(line, url, options)
  }
  Object.assign(browser.jar, { setCookie: watch })
  return { browser, cookies }
}

test('no code, token, cookie, ticket or request_uri stands in the store, spent or not', async () => {
  const { browser, cookies } = watched()
  const bearers = new Map<string, string>()
  const note = (what: string, value: string | null | undefined) => {
    if (!value) throw new Error(`There is no ${what}.`)
    bearers.set(value, what)
  }
  const scope = 'openid ledger.read'
  const asked = await ask(server, 'lighthouse', { scope, resource: ledger })
  const end = await signIn(browser, asked, ada)
  note('spent code', new URL(end).searchParams.get('code'))
  const first = await redeem(asked, end)
  note('access token', first.access_token)
  note('spent refresh token', first.refresh_token)
  const second = await oidc.refreshTokenGrant(asked.config, first.refresh_token ?? '', { resource: ledger })
  note('opaque access token', second.access_token)
  note('refresh token', second.refresh_token)

  // A code that nobody has redeemed, from a request that was pushed (RFC 9126 §2.2).
  const again = await ask(server, 'lighthouse')
  const pushed = await oidc.buildAuthorizationUrlWithPAR(again.config, new URL(again.url).searchParams)
  const uri = pushed.searchParams.get('request_uri') ?? ''
  note('request_uri', uri.replace('urn:ietf:params:oauth:request_uri:', ''))
  note('code', new URL((await browser.follow(pushed.href)).url).searchParams.get('code'))

  // A sign-in in that session, and one at the card's door, that nobody has finished.
  await arrive(browser, await ask(server, 'lighthouse', { prompt: 'login' }))
  const { page, view } = await arrive(browser, await ask(server, 'treasury', { prompt: 'login' }))
  const { answerUrl: door } = questionIn(view.at === 'identify' ? await identify(browser, page, view, 'ada') : view)
  note('ticket of the card’s door', URL.parse(door ?? '')?.searchParams.get('ticket'))

  for (const [value, what] of cookies) bearers.set(value, what)
  // An interaction's cookie has the value of the one that resumes it.
  for (const name of ['session', 'resume', 'browser', 'ticket'])
    expect([...cookies.values()]).toContain(`the cookie sallyport_${name}`)
  // It was no search of nothing.
  const all = files()
  expect(all.map(([name]) => name)).toContain('sallyport.sqlite-wal')
  expect(all.some(([, bytes]) => bytes.includes('"kind":"issued"'))).toBe(true)
  const found = [...bearers].flatMap(([value, what]) =>
    all.filter(([, bytes]) => bytes.includes(value)).map(([name]) => `${what} in ${name}`),
  )
  expect(found).toEqual([])
})
