import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'
import fc from 'fast-check'
import pino from 'pino'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { isSoundPublicKey } from '#server/factors/passkey/public-key.ts'
import { type Cose, coseOf, SoftPasskey } from '../authenticator.ts'
import { answerPasskey, atTheDoor, beginPasskey, passkeyAsked, sendPasskey, withPasskeys } from '../passkey.ts'
import { trailOf, underWayIn } from '../sign-in.ts'
import { openTestServer } from '../test-server.ts'

// The attack: a passkey whose public key takes signatures that nobody's private key made, or that anybody can compute, is
// bound to an account, or is bound to one since before keys were checked. WebAuthn Level 3 §5.8.5 says what a key is.

const said: Record<string, unknown>[] = []
const log = pino({ level: 'warn' }, { write: (line: string) => void said.push(JSON.parse(line)) })
const server = await openTestServer(withPasskeys, log)
afterAll(() => server.stop())
beforeEach(() => void said.splice(0))

const ec = coseOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }))
const p384 = coseOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }))
const okp = coseOf(generateKeyPairSync('ed25519'))
const rsa = coseOf(generateKeyPairSync('rsa', { modulusLength: 2048 }))
const octetsOf = (key: Cose, label: number) => Buffer.from(key.get(label) as Uint8Array)
/** With other values, or without one. CBOR has some that a good key has not: a truth is a compressed point's. */
const changed = (key: Cose, ...entries: readonly (readonly [number, unknown])[]): Cose =>
  new Map([...new Map<number, unknown>([...key, ...entries])].filter(([, value]) => value !== undefined)) as Cose
const flipped = (key: Cose, label: number, at: number): Buffer => {
  const octets = octetsOf(key, label)
  octets[at >> 3] = (octets[at >> 3] ?? 0) ^ (1 << (at & 7))
  return octets
}
const [kty, alg, crv, x, y, n, e] = [1, 3, -1, -2, -3, -1, -2]
const hex = (text: string) => Buffer.from(text.padEnd(64, '0'), 'hex')
const modulusOf = (bits: number) => octetsOf(coseOf(generateKeyPairSync('rsa', { modulusLength: bits })), n)

const unsafe: Readonly<Record<string, Cose>> = {
  // RFC 9053 §2.1, §7.1: type, curve and algorithm belong together.
  'ES256 on P-384': changed(p384, [alg, -7]),
  'ES256 that says P-384 of a point on P-256': changed(ec, [crv, 2]),
  'ES256 on a curve that is none': changed(ec, [crv, 4]),
  'ES256 without a curve': changed(ec, [crv, undefined]),
  'ES256 of the type of EdDSA': changed(ec, [kty, 1]),
  'RS256 with a point': changed(ec, [alg, -257]),
  'EdDSA with a point of P-256': changed(ec, [alg, -8]),
  'EdDSA on X25519': changed(okp, [crv, 4]),
  'EdDSA of the type of ES256': changed(okp, [kty, 2]),
  'EdDSA spelt in words': changed(okp, [kty, 'OKP'], [crv, 'Ed25519']),
  'RS256 of the type of ES256': changed(rsa, [kty, 2]),
  // RFC 9053 §7.1.1: a point in full, on its curve.
  'a point that is not on its curve': changed(ec, [y, flipped(ec, y, 77)]),
  'a point of nothing but zeros': changed(ec, [x, Buffer.alloc(32)], [y, Buffer.alloc(32)]),
  'a coordinate cut short': changed(ec, [x, octetsOf(ec, x).subarray(1)]),
  'a coordinate with a zero before it': changed(ec, [x, Buffer.concat([Buffer.alloc(1), octetsOf(ec, x)])]),
  'a compressed point': changed(ec, [y, true]),
  'a point without an ordinate': changed(ec, [y, undefined]),
  // RFC 8032 §5.1.3, and the orders of points.
  'an Edwards point cut short': changed(okp, [x, octetsOf(okp, x).subarray(1)]),
  'an Edwards point of 33 octets': changed(okp, [x, Buffer.concat([octetsOf(okp, x), Buffer.alloc(1)])]),
  'an Edwards point of nothing but zeros': changed(okp, [x, hex('')]),
  'an Edwards point of order 1': changed(okp, [x, hex('01')]),
  'an Edwards point of order 2': changed(okp, [x, hex(`ec${'ff'.repeat(30)}7f`)]),
  'an Edwards point of order 8': changed(okp, [
    x,
    hex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'),
  ]),
  'an Edwards coordinate above the field': changed(okp, [x, hex(`f0${'ff'.repeat(30)}7f`)]),
  'octets that are no Edwards point': changed(okp, [x, hex('02')]),
  'an Edwards point that is missing': changed(okp, [x, undefined]),
  // RFC 8230 §4, RFC 8812 §2, FIPS 186-5 §A.1.1.
  'RSA of 1024 bits': changed(rsa, [n, modulusOf(1024)]),
  'RSA of 2040 bits': changed(rsa, [n, modulusOf(2040)]),
  'RSA of 2048 bits, the first of which are zero': changed(rsa, [n, Buffer.concat([Buffer.alloc(8), modulusOf(1984)])]),
  'RSA of 8200 bits': changed(rsa, [n, Buffer.alloc(1025, 0xff)]),
  'RSA with an even modulus': changed(rsa, [n, flipped(rsa, n, 2040)]),
  'RSA without a modulus': changed(rsa, [n, undefined]),
  'RSA with an exponent of nothing': changed(rsa, [e, Buffer.alloc(0)]),
  'RSA with an exponent of 1': changed(rsa, [e, Buffer.from([1])]),
  'RSA with an exponent of 3': changed(rsa, [e, Buffer.from([3])]),
  'RSA with an even exponent': changed(rsa, [e, Buffer.from([1, 0, 0])]),
  'RSA with an exponent of nine octets': changed(rsa, [e, Buffer.alloc(9, 1)]),
  'a private key (ES256)': changed(ec, [-4, Buffer.alloc(32, 1)]),
  'a private key (EdDSA)': changed(okp, [-4, Buffer.alloc(32, 1)]),
  'a private key (RS256)': changed(rsa, [-3, Buffer.alloc(256, 1)]),
}

for (const [name, cose] of Object.entries(unsafe))
  test(`not added: ${name}`, async () => {
    const passkey = new SoftPasskey({ origin: server.issuer })
    const asked = await beginPasskey(server, 'grace')
    const view = await answerPasskey(server, 'grace', asked, passkey.make(asked.prompt, { cose }))
    expect(view).toMatchObject({ at: 'asked', refusal: { code: 'unsafe-passkey' } })
    expect(await server.app.context.store.authenticators.find('passkey', passkey.id)).toBeNull()
  })

const isSound = (cose: Cose) => isSoundPublicKey(new Uint8Array(isoCBOR.encode(cose as never)))

test('every key that is generated is sound, also with what an authenticator may add to it (RFC 9052 §7.1)', async () => {
  for (const good of [ec, p384, okp, rsa, changed(ec, [2, Buffer.from('its name')])])
    expect(await isSound(good)).toBe(true)
  const generate = fc.constantFrom(
    () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
    () => generateKeyPairSync('ed25519'),
  )
  await fc.assert(
    fc.asyncProperty(generate, async (make) => {
      expect(await isSound(coseOf(make()))).toBe(true)
    }),
  )
})

test('a changed bit of a point on P-256, another length, and whatever else stands in the place of a value, is not sound', async () => {
  const isUnsound = async (cose: Cose) => expect(await isSound(cose)).toBe(false)
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(x, y), fc.nat(255), async (label, at) => {
      await isUnsound(changed(ec, [label, flipped(ec, label, at)]))
    }),
  )
  const length = fc.nat(80).filter((octets) => octets !== 32)
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(ec, okp), length, async (key, octets) => {
      await isUnsound(changed(key, [x, Buffer.alloc(octets, 9)]))
    }),
  )
  const other = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.uint8Array({ maxLength: 2 }))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(ec, okp, rsa), fc.constantFrom(-1, -2), other, async (key, which, value) => {
      fc.pre(value !== key.get(which))
      await isUnsound(changed(key, [which, value]))
    }),
  )
})

test('CBOR that is no key is not sound', async () => {
  for (const bytes of ['', 'ff', '00', '80', 'a0', '6161', 'a10326'])
    expect([bytes, await isSoundPublicKey(new Uint8Array(Buffer.from(bytes, 'hex')))]).toEqual([bytes, false])
})

/** A passkey that was added before keys were checked. */
async function addedBefore(passkey: SoftPasskey, algorithm: number) {
  const { store } = server.app.context
  const account = (await store.people.byName('ada'))?.id ?? ''
  passkey.userHandle = 'YSBoYW5kbGUgb2YgYWRh'
  const cose = changed(coseOf(passkey.key), [alg, algorithm])
  const publicKey = Buffer.from(isoCBOR.encode(cose as never)).toString('base64url')
  const flags = { uvInitialized: true, backupEligible: false, backupState: false, signCount: 0 }
  const kept = { publicKey, userHandle: passkey.userHandle, transports: [], ...flags }
  const id = randomUUID()
  await store.authenticators.add({ id, account, factor: 'passkey', label: id, credential: kept, handle: passkey.id }, 0)
  return { id, account, publicKey }
}

test.each([
  ['RSA of 1024 bits', -257, () => generateKeyPairSync('rsa', { modulusLength: 1024 })],
  ['ES256 on P-384', -7, () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
] as const)('added before, and of no use any more: %s; the log names it', async (_name, algorithm, generate) => {
  const passkey = new SoftPasskey({ origin: server.issuer, key: generate() })
  const { id, account, publicKey } = await addedBefore(passkey, algorithm)
  const { browser, page, view } = await atTheDoor(server)
  const response = await sendPasskey(browser, page, view, passkey.sign(passkeyAsked(view).prompt))
  expect(response.status).toBe(422)
  expect(await underWayIn(response)).toMatchObject({ at: 'identify', refusal: { code: 'unsafe-passkey' } })
  expect(said).toMatchObject([{ level: 40, account, factor: 'passkey', authenticator: id, remark: 'public-key' }])
  for (const secret of [passkey.id, publicKey, passkey.userHandle ?? ''])
    expect(JSON.stringify(said)).not.toContain(secret)
  const refused = (await trailOf(server, view)).find(({ kind }) => kind === 'refused')
  expect(refused).toMatchObject({ account, authenticator: id, why: 'unsafe-passkey', remark: 'public-key' })
})
