import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { generateSync } from 'otplib'
import { expect, test } from 'vitest'
import { sealWith } from '#server/secrets/seal.ts'
import { Browser, viewIn } from '../browser.ts'
import { file, folder, start } from '../cli/run.ts'
import { rounds } from '../exhaustive.ts'
import { ada } from '../people/people.ts'
import { underWayIn } from '../sign-in.ts'

// The fault: kill -9 between verifying a right code and writing it down, or on the way from there to a token. Never
// evidence without the code being spent, never a code that is spent without evidence, and no token without either.

const callback = 'http://localhost:9/callback'
const secret = ada.apps[0]?.secret ?? ''
const many = rounds(6, 50)
const people = Array.from({ length: many }, (_, at) => ({
  username: `person${at}`,
  authenticators: [{ factor: 'totp', label: 'Phone', secret }],
}))
const config = `
policies: { codes: { rules: [{ name: everyone, then: { primary: [totp] } }] } }
clients: { rp: { client_name: RP, redirect_uris: ['${callback}'], policy: codes } }
attempts: { per_address_a_minute: 100000 }
bench: { people: people.yaml }`

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** The pair of RFC 7636, appendix B. */
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'

test('of a sign-in that is cut off, both the spent code and its evidence are there, or neither; and a token with both', {
  // Each of them starts a process.
  timeout: many * 30_000,
}, async () => {
  const inside = folder()
  file(inside, 'people.yaml', JSON.stringify(people))
  const port = await freePort()
  const issuer = `http://localhost:${port}`
  const settings = ['--config', file(inside, 'c.yaml', config), '--data', `${inside}/data`, '--port', String(port)]
  const seen = { spent: 0, unspent: 0, tokens: 0 }
  for (let round = 0; round < many; round++) {
    const child = start(['serve', ...settings])
    const gone = once(child, 'exit')
    await expect
      .poll(async () => (await fetch(`${issuer}/readyz`).catch(() => null))?.status, { timeout: 15_000 })
      .toBe(200)
    const browser = new Browser()
    const query = `client_id=rp&response_type=code&scope=openid&redirect_uri=${callback}&code_challenge=${challenge}&code_challenge_method=S256`
    const { url, response } = await browser.follow(`${issuer}/auth?${query}`)
    const { revision } = await underWayIn(response)
    const named = await browser.post(`${url}/identify`, { username: `person${round}`, revision })
    const open = await underWayIn(named)
    if (open.at !== 'answer') throw new Error(open.at)
    const answer = { challenge: open.challenge.id, revision: open.revision, answer: { code: generateSync({ secret }) } }
    const signedIn = tokenFor(issuer, browser, `${url}/answer`, answer).catch(() => null)
    // One in three comes to its end; the others are cut off somewhere.
    if (round % 3 === 2) await signedIn
    else await new Promise((resolve) => setTimeout(resolve, round % 3 === 0 ? 0 : (round * 7) % 60))
    child.kill('SIGKILL')
    const [token] = await Promise.all([signedIn, gone])

    const spent = isSpent(`${inside}/data`, round)
    const proven = provenIn(`${inside}/data`, round)
    expect(proven).toBe(spent)
    if (token) expect(spent).toBe(true)
    seen[spent ? 'spent' : 'unspent'] += 1
    if (token) seen.tokens += 1
  }
  // It was no test of nothing.
  for (const many of Object.values(seen)) expect(many).toBeGreaterThan(0)
})

/** Answers, goes on to the relying party, and redeems what it gets there; null when any of it fails. */
async function tokenFor(issuer: string, browser: Browser, url: string, answer: object): Promise<string | null> {
  const done = await viewIn(await browser.post(url, answer))
  if (done.at !== 'done') return null
  const code = new URL((await browser.follow(done.goTo)).url).searchParams.get('code')
  const grant = { grant_type: 'authorization_code', code: code ?? '', redirect_uri: callback }
  const body = new URLSearchParams({ ...grant, client_id: 'rp', code_verifier: verifier })
  const response = await fetch(`${issuer}/token`, { method: 'POST', body })
  return response.ok ? (((await response.json()) as { id_token?: string }).id_token ?? null) : null
}

const opened = <T>(data: string, work: (raw: DatabaseSync) => T): T => {
  const raw = new DatabaseSync(`${data}/sallyport.sqlite`)
  try {
    return work(raw)
  } finally {
    raw.close()
  }
}
const accountOf = (raw: DatabaseSync, round: number) =>
  raw.prepare('SELECT id FROM people WHERE username = ?').get(`person${round}`)?.id as string

function isSpent(data: string, round: number): boolean {
  const key = Buffer.from(readFileSync(`${data}/storage.key`, 'utf8').trim(), 'base64')
  return opened(data, (raw) => {
    const account = accountOf(raw, round)
    const row = raw.prepare('SELECT id, sealed FROM authenticators WHERE account = ?').get(account)
    const kept = sealWith([key]).open(String(row?.sealed), ['authenticators', account, String(row?.id)])
    return (kept as { spent: readonly number[] }).spent.length > 0
  })
}

const provenIn = (data: string, round: number): boolean =>
  opened(data, (raw) => {
    const proven = raw.prepare("SELECT count(*) AS n FROM records WHERE kind = 'proven' AND account = ?")
    return Number(proven.get(accountOf(raw, round))?.n) > 0
  })
