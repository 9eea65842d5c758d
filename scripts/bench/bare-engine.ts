// The engine alone (oidc-provider): the least server that signs people in by password, as a yardstick for ours. It has
// the same engine, client, keys and scopes, signs its cookies, keeps everything in SQLite as durably as we do, verifies
// the same Argon2 hash, and is asked the same requests. What we add is what it lacks.
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import argon2 from '@node-rs/argon2'
import Provider from 'oidc-provider'
import { adapterIn, openBare, peopleIn } from './bare-store.ts'

const [, , file = '', data = ''] = process.argv
const { client, jwks, cookieKeys } = JSON.parse(readFileSync(file, 'utf8'))
const issuer = `http://localhost:${process.env.PORT}`
const database = openBare(data)
const people = peopleIn(database)
const scopes = { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email'] }
const minute = 60
const day = 24 * 60 * minute

const provider = new Provider(issuer, {
  adapter: adapterIn(database),
  clients: [{ client_id: client.id, redirect_uris: [client.redirectUri], ...client.metadata }],
  jwks,
  claims: scopes,
  scopes: ['openid'],
  cookies: { keys: cookieKeys, long: { signed: true }, short: { signed: true } },
  features: { devInteractions: { enabled: false } },
  async findAccount(_ctx, id) {
    const person = people.byId(id)
    if (!person) return undefined
    const { name, email, username } = person
    return { accountId: id, claims: async () => ({ sub: id, name, email, preferred_username: username }) }
  },
  interactions: { url: (_ctx, { uid }) => `/sign-in/${uid}` },
  // The engine's own recipe for a client whose consent is not asked.
  async loadExistingGrant({ oidc: { client: asking, session, account } }) {
    const known = session?.grantIdFor(asking?.clientId ?? '')
    if (known) return provider.Grant.find(known)
    if (!asking || !account) return undefined
    const grant = new provider.Grant({ clientId: asking.clientId, accountId: account.accountId })
    grant.addOIDCScope('openid profile email')
    await grant.save()
    return grant
  },
  pkce: { required: () => true },
  responseTypes: ['code'],
  ttl: {
    AccessToken: 10 * minute,
    AuthorizationCode: minute,
    Grant: 30 * day,
    IdToken: 10 * minute,
    Interaction: 60 * minute,
    Session: day,
  },
})

const escaped = (value: string) => value.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
const page = (uid: string, action: string, fields: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in</title></head>
<body><form method="post" action="/sign-in/${uid}/${action}">${fields}<button>Continue</button></form></body></html>`
/** The name is asked; whoever has a password at hand sends both. */
const namePage = (uid: string) =>
  page(uid, 'identify', '<input name="username" autofocus><input type="password" name="password" hidden>')
const passwordPage = (uid: string, username: string) =>
  page(
    uid,
    'answer',
    `<input type="hidden" name="username" value="${escaped(username)}"><input type="password" name="password" autofocus>`,
  )

/** Answers the pages of a sign-in: the name is asked, then the password, and the engine is told. */
async function signIn(req: IncomingMessage, res: ServerResponse) {
  const { uid } = await provider.interactionDetails(req, res)
  const show = (html: string, status = 200) =>
    res.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(html)
  if (req.method !== 'POST') return show(namePage(uid))
  const fields = new URLSearchParams(await text(req))
  const username = fields.get('username') ?? ''
  if (req.url === `/sign-in/${uid}/identify`) return show(passwordPage(uid, username))
  const person = people.named(username)
  if (person && (await argon2.verify(person.argon2, fields.get('password') ?? '')))
    return provider.interactionFinished(req, res, { login: { accountId: person.id, amr: ['pwd'] } })
  return show(passwordPage(uid, username), 401)
}

const engine = provider.callback()
const server = createServer((req, res) => {
  if (!req.url?.startsWith('/sign-in/')) return void engine(req, res)
  signIn(req, res).catch((error) => res.writeHead(500).end(String(error)))
})
server.listen(Number(process.env.PORT), '127.0.0.1')
process.on('SIGINT', () => process.exit())
