import { createSign, randomBytes } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'
import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { siteOf } from '#server/factors/contract/site.ts'
import { verifyAssertion } from '#server/factors/passkey/assertion.ts'
import type { Answer } from '#shared/factors/index.ts'
import { type Changes, coseOf, flag, SoftPasskey } from '../authenticator.ts'
import { viewIn } from '../browser.ts'
import { rounds } from '../exhaustive.ts'
import { atTheDoor, enrolPasskey, passkeyAsked, withPasskeys } from '../passkey.ts'
import { provenBy } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: an assertion that is not quite what WebAuthn Level 3 §7.2 asks for is taken for one that is (webauthn4j's
// specifications; cedarjs/cedar#2545, a `verified: false` that nobody looked at; StrongKey CVE-2025-26788, somebody
// else's credential). One thing is wrong with each of these, and all are refused alike.

const server = await serverForAll(withPasskeys)
const passkey = await enrolPasskey(server, 'ada', { counter: 5 })
const synced = await enrolPasskey(server, 'ada', { synced: true })
const eves = await enrolPasskey(server, 'grace')

/** A sign-in in which nobody is named, answered: what came of it. */
async function answeredWith(answer: (challenge: string) => unknown) {
  const { browser, page, view } = await atTheDoor(server)
  const { id, prompt } = passkeyAsked(view)
  const fields = { challenge: id, revision: view.revision, answer: answer(prompt.challenge) }
  const response = await browser.post(`${page}/answer`, fields)
  const after = await viewIn(response)
  return {
    status: response.status,
    at: after.at,
    code: 'refusal' in after ? after.refusal?.code : undefined,
    proven: (await provenBy(server, view)).length,
  }
}
const signed =
  (changes: Changes, by: SoftPasskey = passkey) =>
  (challenge: string) =>
    by.sign({ challenge, rpId: 'localhost' }, changes)
const then = (change: (answer: Answer<'passkey'>) => unknown) => (challenge: string) => change(signed({})(challenge))
const inResponse = (change: (response: Answer<'passkey'>['response']) => object) =>
  then((answer) => ({ ...answer, response: { ...answer.response, ...change(answer.response) } }))

const taken = { status: 200, at: 'done', code: undefined, proven: 1 }
test('one that is synced is taken, whose counter stands still', async () => {
  for (const _ of [1, 2]) expect(await answeredWith(signed({}, synced))).toEqual(taken)
})

// Each of the others is one step away from this one; and whoever is right has no failures any more.
beforeEach(async () => expect(await answeredWith(signed({}))).toEqual(taken))

const refused = { status: 422, at: 'identify', code: 'wrong-passkey', proven: 0 }
const { host, port } = new URL(server.issuer)
const forged: Readonly<Record<string, (challenge: string) => unknown>> = {
  'another type': signed({ clientData: { type: 'webauthn.create' } }),
  'another challenge': signed({ clientData: { challenge: randomBytes(32).toString('base64url') } }),
  'the challenge padded': (challenge) => signed({ clientData: { challenge: `${challenge}=` } })(challenge),
  'no challenge': signed({ clientData: { challenge: undefined } }),
  'another scheme': signed({ clientData: { origin: `https://${host}` } }),
  'another port': signed({ clientData: { origin: 'http://localhost:1' } }),
  'no port': signed({ clientData: { origin: 'http://localhost' } }),
  'a subdomain': signed({ clientData: { origin: `http://login.localhost:${port}` } }),
  'a trailing dot': signed({ clientData: { origin: `http://localhost.:${port}` } }),
  'a trailing slash': signed({ clientData: { origin: `${server.issuer}/` } }),
  capitals: signed({ clientData: { origin: `http://LOCALHOST:${port}` } }),
  'another site': signed({ clientData: { origin: 'https://evil.test' } }),
  'several origins': signed({ clientData: { origin: [server.issuer] } }),
  'a frame of another site': signed({ clientData: { crossOrigin: true } }),
  'a frame that names its site': signed({ clientData: { crossOrigin: true, topOrigin: 'https://evil.test' } }),
  'a top origin without a frame': signed({ clientData: { topOrigin: server.issuer } }),
  'a name twice': signed({ clientDataText: (text) => text.replace('{', '{"origin":"https://evil.test",') }),
  'a byte order mark': signed({ clientDataText: (text) => `\uFEFF${text}` }),
  'client data that is no JSON': signed({ clientDataText: (text) => text.slice(1) }),
  'client data that is no object': signed({ clientDataText: () => '"webauthn.get"' }),
  'another RP ID': signed({ rpId: 'evil.test' }),
  'a parent domain as RP ID': signed({ rpId: 'host' }),
  'nobody present': signed({ flags: flag.uv }),
  'nobody present, nobody verified': signed({ flags: 0 }),
  'a backup of what cannot be one': signed({ flags: flag.up | flag.uv | flag.bs }),
  'a counter that stood still': (challenge) => signed({ counter: passkey.counter })(challenge),
  'a counter that went back': signed({ counter: 3 }),
  'a counter that stopped': signed({ counter: 0 }),
  'authenticator data cut short': signed({ authData: (bytes) => bytes.subarray(0, 36) }),
  'bytes after the authenticator data': signed({ authData: (bytes) => Buffer.concat([bytes, Buffer.from([0])]) }),
  'extensions that are announced, and none': signed({ flags: flag.up | flag.uv | flag.ed }),
  'extensions that are no CBOR': signed({ extensions: Buffer.from([0xff, 0xff]) }),
  'extensions that are deep': signed({ extensions: Buffer.alloc(900, 0x81) }),
  'a new credential inside': signed({ flags: flag.up | flag.uv | flag.at }),
  'a signature cut short': signed({ signature: (bytes) => bytes.subarray(0, -1) }),
  'bytes after the signature': signed({ signature: (bytes) => Buffer.concat([bytes, Buffer.from([0])]) }),
  'no signature to speak of': signed({ signature: () => Buffer.from([0x30, 6, 2, 1, 0, 2, 1, 0]) }),
  'a signature that is no ASN.1': signed({ signature: () => randomBytes(64) }),
  'somebody else’s signature': (challenge) => ({
    ...signed({}, eves)(challenge),
    id: passkey.id,
    rawId: passkey.id,
  }),
  'somebody else’s handle': inResponse(() => ({ userHandle: eves.userHandle })),
  'no handle': inResponse(() => ({ userHandle: undefined })),
  'two ids': then((answer) => ({ ...answer, rawId: eves.id })),
  'somebody else’s id': then((answer) => ({ ...answer, id: eves.id, rawId: eves.id })),
  'another hash': (challenge) => {
    const answer = signed({})(challenge)
    const bytes = Buffer.concat([
      Buffer.from(answer.response.authenticatorData, 'base64url'),
      Buffer.from(answer.response.clientDataJSON, 'base64url'),
    ])
    const signature = createSign('sha1').update(bytes).sign(passkey.key.privateKey).toString('base64url')
    return { ...answer, response: { ...answer.response, signature } }
  },
}

for (const [name, answer] of Object.entries(forged))
  test(`refused: ${name}`, async () => expect(await answeredWith(answer)).toEqual(refused))

test.each(['ES256', 'ES384', 'ES512', 'EdDSA', 'RS256'] as const)(
  'every bit of an %s signature counts',
  async (algorithm) => {
    const by = new SoftPasskey({ origin: server.issuer, algorithm })
    const publicKey = Buffer.from(isoCBOR.encode(coseOf(by.key) as never)).toString('base64url')
    const flags = { backupEligible: false, backupState: false, uvInitialized: true, signCount: 0 }
    const credential = { publicKey, userHandle: 'ada', transports: [], ...flags }
    const expected = {
      site: siteOf(server.app.context),
      challenge: 'Y2hhbGxlbmdl',
      uv: 'required',
      discovered: false,
    } as const
    const right = by.sign({ challenge: expected.challenge, rpId: 'localhost' })
    expect(await verifyAssertion(right, credential, expected)).toMatchObject({ ok: true })
    const signature = Buffer.from(right.response.signature, 'base64url')
    // Of those that take long to verify, or that have no inner structure: one of each byte, another one from byte to byte.
    const step = algorithm === 'ES256' || algorithm === 'EdDSA' ? 1 : rounds(9, 1)
    const accepted: number[] = []
    for (let bit = 0; bit < signature.length * 8; bit += step) {
      const flipped = signature.with(bit >> 3, (signature[bit >> 3] ?? 0) ^ (1 << (bit & 7)))
      const response = { ...right.response, signature: Buffer.from(flipped).toString('base64url') }
      if ((await verifyAssertion({ ...right, response }, credential, expected)).ok) accepted.push(bit)
    }
    expect([signature.length > 60, accepted]).toEqual([true, []])
  },
)

test('every bit of a signature counts at the door, too', async () => {
  for (const bit of [0, 3, 7]) {
    const flip = (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 10 + bit ? byte ^ (1 << bit) : byte)))
    expect(await answeredWith(signed({ signature: flip }))).toEqual(refused)
  }
})

test('what cannot be an answer is not understood, and costs nothing', async () => {
  const not = { status: 400, at: undefined, code: undefined, proven: 0 }
  for (const answer of [
    then((answer) => ({ ...answer, type: 'password' })),
    then((answer) => ({ ...answer, id: 'a'.repeat(1400), rawId: 'a'.repeat(1400) })),
    then((answer) => ({ ...answer, id: [answer.id] })),
    then(({ response: _, ...answer }) => answer),
    inResponse(() => ({ signature: '' })),
    inResponse(({ signature }) => ({ signature: `${signature}==` })),
    inResponse(({ clientDataJSON }) => ({ clientDataJSON: `${clientDataJSON} ` })),
    inResponse(() => ({ authenticatorData: { 0: 1 } })),
  ])
    expect(await answeredWith(answer)).toEqual(not)
})

test('no answer breaks anything: whatever a good one is changed to is refused, or good', async () => {
  const part = fc.constantFrom('clientDataJSON', 'authenticatorData', 'signature', 'userHandle') as fc.Arbitrary<
    keyof Answer<'passkey'>['response']
  >
  await fc.assert(
    fc.asyncProperty(part, fc.nat(), fc.uint8Array({ maxLength: 8 }), fc.nat(4), async (name, at, put, cut) => {
      const { status, proven } = await answeredWith(
        inResponse((response) => {
          const bytes = Buffer.from(response[name] ?? '', 'base64url')
          const from = at % (bytes.length + 1)
          const changed = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + cut)])
          return {
            [name]: changed.equals(bytes) ? randomBytes(32).toString('base64url') : changed.toString('base64url'),
          }
        }),
      )
      expect(status).toBe(422)
      expect(proven).toBe(0)
    }),
    { numRuns: rounds(25, 400) },
  )
})

test('extensions that nobody asked for are ignored', async () => {
  const extensions = isoCBOR.encode(new Map([['credProtect', 2]]))
  expect(await answeredWith(signed({ extensions: Buffer.from(extensions) }))).toMatchObject({ status: 200, proven: 1 })
})
