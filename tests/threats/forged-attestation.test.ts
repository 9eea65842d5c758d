import { sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { flag, SoftPasskey } from '../authenticator.ts'
import { answerPasskey, atTheDoor, beginPasskey, enrolPasskey, passkeyAsked, withPasskeys } from '../passkey.ts'
import { serverForAll } from '../test-server.ts'

// The attack: a credential is bound to an account that is not quite what WebAuthn Level 3 §7.1 asks for: somebody else's,
// one of a ceremony that was not this one, of an algorithm that was not offered, or with an attestation that makes us
// fetch what it names (Keycloak CVE-2026-8830, CVE-2026-6856). Nothing is bound, and nothing breaks.

const server = await serverForAll(withPasskeys)
type Changes = NonNullable<Parameters<SoftPasskey['make']>[1]>
type Made = ReturnType<SoftPasskey['make']>

const passkeysOf = async (username: string) => {
  const { store } = server.app.context
  return store.authenticators.list((await store.people.byName(username))?.id ?? '', 'passkey')
}

async function madeWith(changes: Changes, after: (made: Made) => Made = (made) => made) {
  const before = (await passkeysOf('grace')).length
  const passkey = new SoftPasskey({ origin: server.issuer })
  const asked = await beginPasskey(server, 'grace')
  const view = await answerPasskey(server, 'grace', asked, after(passkey.make(asked.prompt, changes)))
  const more = (await passkeysOf('grace')).length - before
  return { at: view.at, code: view.at === 'asked' ? view.refusal?.code : null, more }
}
const refused = { at: 'asked', code: 'wrong-passkey', more: 0 }

test('an honest one is made', async () => {
  expect(await madeWith({})).toEqual({ at: 'made', code: null, more: 1 })
})

const cose = (...entries: [number, number | Uint8Array][]) => new Map<number, number | Uint8Array>(entries)
const forged: Readonly<Record<string, Changes>> = {
  'the type of a sign-in': { clientData: { type: 'webauthn.get' } },
  'another challenge': { clientData: { challenge: 'AAAA' } },
  'another site': { clientData: { origin: 'https://evil.test' } },
  'another port': { clientData: { origin: 'http://localhost:1' } },
  'a frame': { clientData: { crossOrigin: true } },
  'a name twice': { clientDataText: (text) => text.replace('{', '{"type":"webauthn.get",') },
  'another RP ID': { rpId: 'evil.test' },
  'nobody present': { flags: flag.uv },
  'a backup of what cannot be one': { flags: flag.up | flag.bs },
  'bytes after the authenticator data': { authData: (bytes) => Buffer.concat([bytes, Buffer.from([0])]) },
  'authenticator data cut short': { authData: (bytes) => bytes.subarray(0, 60) },
  'a key that is not offered (ES384)': {
    cose: cose([1, 2], [3, -35], [-1, 2], [-2, Buffer.alloc(48)], [-3, Buffer.alloc(48)]),
  },
  'a key that is not offered (RS1)': {
    cose: cose([1, 3], [3, -65535], [-1, Buffer.alloc(256, 1)], [-2, Buffer.from([1, 0, 1])]),
  },
  'a key without an algorithm': { cose: cose([1, 2], [-1, 1], [-2, Buffer.alloc(32)], [-3, Buffer.alloc(32)]) },
  'an attestation that says none, and something': {
    attest: () => ({ fmt: 'none', attStmt: new Map([['alg', -7]]) }),
  },
  'an attestation with a certificate': {
    attest: (signed) => ({
      fmt: 'packed',
      attStmt: new Map<string, unknown>([
        ['alg', -7],
        ['sig', new Uint8Array(signed)],
        ['x5c', [new Uint8Array(9)]],
      ]),
    }),
  },
  'an attestation of another kind': { attest: () => ({ fmt: 'android-safetynet', attStmt: new Map([['ver', '1']]) }) },
  'an attestation that nobody knows': { attest: () => ({ fmt: 'mine', attStmt: new Map() }) },
  'bytes after the attestation': { attest: () => ({ fmt: 'none', attStmt: new Map(), after: Buffer.from([0]) }) },
}

for (const [name, changes] of Object.entries(forged))
  test(`refused: ${name}`, async () => expect(await madeWith(changes)).toEqual(refused))

test('refused: another id than that of the credential', async () => {
  expect(await madeWith({}, (made) => ({ ...made, id: 'AAAA', rawId: 'AAAA' }))).toEqual(refused)
  expect(await madeWith({}, (made) => ({ ...made, rawId: 'AAAA' }))).toEqual(refused)
})

test('refused: CBOR that is none, that is deep, or that says it is long', async () => {
  for (const bytes of ['ff', '81'.repeat(2000), 'bb7fffffffffffffff', '5b7fffffffffffffff', 'a0', '']) {
    const attestationObject = Buffer.from(bytes || '00', 'hex').toString('base64url')
    const changed = await madeWith({}, (made) => ({ ...made, response: { ...made.response, attestationObject } }))
    expect([bytes.slice(0, 20), changed]).toEqual([bytes.slice(0, 20), refused])
  }
})

test('a credential’s own signature is enough, unless it claims to be of some model or another algorithm', async () => {
  const passkey = new SoftPasskey({ origin: server.issuer })
  const by = (alg: number, sig: Buffer) => ({
    fmt: 'packed',
    attStmt: new Map<string, unknown>([
      ['alg', alg],
      ['sig', new Uint8Array(sig)],
    ]),
  })
  const attest: Changes['attest'] = (signed) => by(-7, passkey.signatureOf(signed))
  const otherwise: Changes['attest'] = (signed) => by(-36, sign('sha512', signed, passkey.key.privateKey))
  const claiming = (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at >= 37 && at < 53 ? 7 : byte)))
  let asked = await beginPasskey(server, 'grace')
  for (const changes of [{ attest, authData: claiming }, { attest: otherwise }]) {
    const refusedOne = await answerPasskey(server, 'grace', asked, passkey.make(asked.prompt, changes))
    if (refusedOne.at !== 'asked' || refusedOne.factor !== 'passkey') throw new Error(refusedOne.at)
    expect(refusedOne.refusal?.code).toBe('wrong-passkey')
    asked = refusedOne
  }
  const made = await answerPasskey(server, 'grace', asked, passkey.make(asked.prompt, { attest }))
  expect(made).toMatchObject({ at: 'made' })
})

test('a challenge is answered once, and is no other ceremony’s', async () => {
  const passkey = new SoftPasskey({ origin: server.issuer })
  const asked = await beginPasskey(server, 'grace')
  const wrong = passkey.make(asked.prompt, { rpId: 'evil.test' })
  const again = await answerPasskey(server, 'grace', asked, wrong)
  if (again.at !== 'asked' || again.factor !== 'passkey') throw new Error(again.at)
  expect(again.prompt.challenge).not.toBe(asked.prompt.challenge)
  const { view } = await atTheDoor(server)
  for (const { challenge } of [asked.prompt, passkeyAsked(view).prompt]) {
    const next = await beginPasskey(server, 'grace')
    const answer = passkey.make({ ...next.prompt, challenge })
    expect(await answerPasskey(server, 'grace', next, answer)).toMatchObject({ refusal: { code: 'wrong-passkey' } })
  }
})

test('what is somebody’s already is bound to nobody else, and not twice; the browser is told which there are', async () => {
  const adas = await enrolPasskey(server, 'ada')
  const before = (await passkeysOf('grace')).length
  for (const username of ['grace', 'ada']) {
    const asked = await beginPasskey(server, username)
    const answer = adas.make(asked.prompt)
    expect(await answerPasskey(server, username, asked, answer)).toEqual({ at: 'over', why: 'already-enrolled' })
  }
  expect(await passkeysOf('grace')).toHaveLength(before)
  const { prompt } = await beginPasskey(server, 'ada')
  expect(prompt.excludeCredentials.map(({ id }) => id)).toEqual((await passkeysOf('ada')).map(({ handle }) => handle))
  expect(Buffer.from(prompt.challenge, 'base64url')).toHaveLength(32)
})
