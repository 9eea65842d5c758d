import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultCost } from '../../server/factors/password/cost.ts'
import { hashed } from '../../server/factors/password/hash.ts'
import { newKeys } from '../../server/secrets/signing.ts'
import { type BarePerson, fill, openBare } from './bare-store.ts'
import { browserOf, form, leadsTo } from './browser.ts'
import { startServer } from './child.ts'
import { ours } from './ours.ts'
import { authorizeUrl, client, newVerifier, redeem } from './relying-party.ts'
import { password, sequenceOf } from './sequences.ts'
import type { Furnished, Tree } from './tree.ts'
import { type Request, usernameOf } from './walk.ts'

const metadata = { token_endpoint_auth_method: 'none', id_token_signed_response_alg: 'ES256' } as const

async function furnish(sequence: string, people: number): Promise<Furnished> {
  if (sequenceOf(sequence).primary.join() !== 'password')
    throw new Error(`The bare engine knows passwords alone, not "${sequence}".`)
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  const file = join(folder, 'bare.json')
  const keys = { jwks: { keys: await newKeys() }, cookieKeys: [randomBytes(32).toString('base64url')] }
  writeFileSync(file, JSON.stringify({ client: { ...client, metadata }, ...keys }), { mode: 0o600 })
  const data = join(folder, 'bare.db')
  const argon2 = (await hashed(password, defaultCost)) ?? ''
  const person = (at: number): BarePerson => {
    const id = usernameOf(at)
    return { id, username: id, name: `Person ${at}`, email: `${id}@example.test`, argon2 }
  }
  const database = openBare(data)
  fill(
    database,
    Array.from({ length: people }, (_, at) => person(at)),
  )
  database.close()
  return { file, data, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

async function* signIn(
  issuer: string,
  agent: Agent,
  sequence: string,
  person: number,
): AsyncGenerator<Request, string> {
  const browse = browserOf(agent)
  const verifier = newVerifier()
  yield 'authorize'
  const page = leadsTo(issuer, await browse(authorizeUrl(issuer, verifier)))
  yield 'page'
  await browse(page)
  const username = usernameOf(person)
  if (sequence !== 'password') {
    yield 'identify'
    await browse(`${page}/identify`, form({ username }))
  }
  yield 'answer'
  const goTo = leadsTo(issuer, await browse(`${page}/answer`, form({ username, password })))
  yield 'resume'
  const callback = leadsTo(issuer, await browse(goTo))
  yield 'token'
  return redeem(issuer, agent, callback, verifier)
}

/** The engine alone, with the least pages (bare-engine.ts). */
export const bare: Tree = {
  name: 'bare engine',
  root: ours.root,
  furnish,
  serve: ({ file, data }, cores, flags) =>
    startServer([...flags, join(import.meta.dirname, 'bare-engine.ts'), file, data], cores, '/jwks'),
  signIn,
  authorizeUrl,
}
