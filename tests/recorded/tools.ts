import { viewIn } from '../browser.ts'
import { ada } from '../people/people.ts'
import { pressed } from './people-carry.ts'
import { token } from './recorded-server.ts'
import type { Walker } from './walker.ts'

const draft =
  'policies:\n  p: { rules: [{ name: a, then: { primary: [grid] } }, { name: b, then: deny }] }\nclients: {}\n'

/** Every operation of the administrators' API, and what it refuses. */
export async function admin(walker: Walker): Promise<void> {
  const { house: server, party } = walker
  const base = `${server.issuer}/api/admin`
  const authorization = `Bearer ${token}`
  const ask = (path: string, body: object | string) => party.post(`${base}${path}`, body, { authorization })
  await party.get(`${base}/openapi.json`, { authorization })
  await party.get(`${base}/openapi.json`)
  await party.post(`${base}/policy/check`, {}, { authorization: 'Bearer none' })
  await ask('/nothing', {})
  const asked: readonly (readonly [path: string, body: object | string])[] = [
    ['/sessions/list', { who: 'ada' }],
    ['/sessions/list', { who: 'nobody' }],
    ['/sessions/end', { who: 'grace', session: 'none' }],
    ['/sessions/end', { who: 'grace' }],
    ['/tokens/resync', { who: 'ada', codes: [pressed(20), pressed(21)] }],
    ['/tokens/resync', { who: 'ada', codes: ['000000', '000000'] }],
    ['/tokens/resync', { who: 'grace', codes: ['000000', '000000'] }],
    ['/consents/list', { who: 'ada' }],
    ['/consents/withdraw', { who: 'ada', client: 'travel' }],
    ['/policy/check', {}],
    ['/policy/check', { configuration: draft, people: ['ada'] }],
    ['/policy/check', { configuration: 'polices: {}' }],
    ['/policy/check', { nonsense: true }],
    ['/policy/check', 'null'],
    ['/policy/check', `"${'x'.repeat(1024 * 1024)}"`],
    ['/policy/explain', { who: 'ada', client: 'vault', asks: { acr_values: 'phr urn:x' }, proven: ['password'] }],
    ['/policy/explain', { who: 'adaa', client: 'vault' }],
    ['/policy/explain', { who: 'ada', client: 'treasuri' }],
    [
      '/policy/simulate',
      { people: ['ada', { has: ['password'] }], clients: ['vault', 'harbour'], acr_values: ['phr', ''] },
    ],
    ['/policy/simulate', { people: [] }],
    [
      '/policy/changes',
      {
        configuration: draft.replace('{}', "{ harbour: { client_name: H, redirect_uris: ['/x'], policy: p } }"),
        people: ['ada'],
        clients: ['harbour'],
      },
    ],
    [
      '/policy/test',
      {
        cases: [
          { who: 'ada', client: 'vault', amr: ['pwd', 'otp', 'mfa'] },
          { who: 'adaa', client: 'vault', refused: 'denied' },
        ],
      },
    ],
  ]
  for (const [path, body] of asked) await ask(path, body)
  await walker.tape.inAnyOrder(async () => {
    await ask('/people/authenticators', { who: 'carl' })
    await ask('/people/unlock', { who: 'carl' })
  })
}

/** What the bench asks its server for. */
export async function bench(walker: Walker): Promise<void> {
  const { house: server, party } = walker
  const api = `${server.issuer}/bench/api`
  for (const path of [
    '/clients',
    '/people',
    '/people/ada/codes',
    '/people/nobody/codes',
    '/people/ada/authenticators',
    '/people/nobody/authenticators',
    '/outbox',
    '/cards',
    '/matrix/bench',
    '/matrix/bench?acr=phr&acr=urn%3Asallyport%3Aacr%3Amfa',
    '/matrix/bench/cases',
    '/matrix/bench/ada?acr=phr',
    '/matrix/bench/adaa',
    '/matrix/nobody',
    '/runs/vault/none',
  ])
    await party.get(`${api}${path}`)
  await party.get(`${server.issuer}/bench/cards/ada-good.p12`)
  await party.get(`${server.issuer}/bench/cards/authority.crt`)
  await party.get(`${server.issuer}/bench/cards/host.key`)
  await party.post(`${api}/matrix/bench`, { configuration: draft })
  await party.post(`${api}/matrix/bench`, { configuration: 'polices: {}' })
  await party.post(`${api}/matrix/bench`, {})
  await party.post(`${api}/people/carl/unlock`, {})
  await party.post(`${api}/people/ada/enrolments/none`, { revision: 0, answer: {} })
  await party.post(`${api}/people/ada/enrolments/none`, {})
  await party.postForm(`${api}/people/ada/enrolments`, { factor: 'totp' })
  await party.get(`${api}/clients`, { origin: 'https://elsewhere.example' })
  const elsewhere = server.issuer.replace('localhost', '127.0.0.1')
  await party.get(`${elsewhere}/bench/api/clients`)
  await party.get(`${elsewhere}/bench`)

  const nonce = 'a nonce of the bench'
  const visit = await walker.at('harbour', { nonce })
  await visit.name(ada.username)
  await visit.answer({ password: 'no password of hers' })
  await visit.answer({ password: ada.password })
  await visit.tokens('harbour')
  await party.get(`${api}/runs/harbour/${encodeURIComponent(nonce)}?${new URLSearchParams({ nonce })}`)
  await viewIn(await party.get(`${server.issuer}/bench/matrix`))
}
