import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { rotated } from '#server/secrets/signing.ts'
import { Browser } from '../browser.ts'
import { sallyport } from '../cli/run.ts'
import { ada } from '../people/people.ts'
import { ask, redeem, signIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// New signing keys are published two days before they sign, and the old ones stay until nothing that they signed is good.

const server = await serverForAll()
const file = join(server.dataFolder, 'signing.jwks.json')
const hourMs = 3_600_000
const published = async () =>
  (await (await fetch(`${server.issuer}/jwks`)).json()).keys as { kid: string; alg: string }[]
const rotate = (...more: string[]) => {
  const folder = ['--config', join(server.dataFolder, 'sallyport.yaml'), '--data', server.dataFolder]
  return sallyport(['keys', 'rotate', ...folder, ...more])
}
/** The command has the machine's clock. */
async function rotateByOurClock() {
  const { keys } = JSON.parse(readFileSync(file, 'utf8'))
  const now = (Date.now() + server.clock.aheadMs) / 1000
  writeFileSync(file, JSON.stringify({ keys: await rotated(keys, now, 48 * 3600, 10 * 3600) }))
}
async function idToken(browser = new Browser()) {
  const asked = await ask(server)
  return (await redeem(asked, await signIn(browser, asked, ada))).id_token ?? ''
}
const kidOf = (token: string) => decodeProtectedHeader(token).kid
const verifies = async (token: string) =>
  jwtVerify(token, createLocalJWKSet({ keys: (await published()) as never })).then(
    () => true,
    () => false,
  )

test('published ahead, used later, kept until their tokens expire', async () => {
  const before = await published()
  const old = await idToken()
  expect(await rotate()).toMatchObject({ code: 0, out: expect.stringContaining('Restart now') })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  await server.restart()

  const all = await published()
  expect(all.map(({ alg }) => alg).sort()).toEqual(['ES256', 'ES256', 'RS256', 'RS256'])
  expect(all.map(({ kid }) => kid)).toEqual(expect.arrayContaining(before.map(({ kid }) => kid)))
  expect(Object.keys(all[0] ?? {})).not.toContain('from')
  expect(kidOf(await idToken())).toBe(kidOf(old))
  expect(await rotate()).toMatchObject({ code: 1, err: expect.stringContaining('there already') })

  server.clock.aheadMs += 48 * hourMs + 1000
  await server.restart()
  const fresh = await idToken()
  expect(kidOf(fresh)).not.toBe(kidOf(old))
  expect(all.map(({ kid }) => kid)).toContain(kidOf(fresh))
  expect(await verifies(old)).toBe(true)

  // Nothing that it signed is good after ten hours, and it goes when the next one signs.
  server.clock.aheadMs += 10 * hourMs
  await rotateByOurClock()
  server.clock.aheadMs += 48 * hourMs + 1000
  await server.restart()
  expect(await published()).toHaveLength(4)
  expect(await verifies(old)).toBe(false)
  expect(await verifies(fresh)).toBe(true)
})

test('what signs until a restart that comes late is kept, too', async () => {
  await rotateByOurClock()
  await server.restart()
  server.clock.aheadMs += 48 * hourMs + 11 * hourMs
  const browser = new Browser()
  const old = await idToken(browser)
  await server.restart()
  expect(kidOf(await idToken())).not.toBe(kidOf(old))
  expect(await verifies(old)).toBe(true)
  const asked = await ask(server, 'harbour', { prompt: 'none', id_token_hint: old })
  const { id_token: again = '' } = await redeem(asked, (await browser.follow(asked.url)).url)
  expect(kidOf(again)).not.toBe(kidOf(old))
})

test('what is no set of keys is left as it is', async () => {
  const kept = readFileSync(file, 'utf8')
  writeFileSync(file, 'not keys')
  expect(await rotate()).toMatchObject({ code: 1, err: expect.stringContaining('not a JWK Set') })
  expect(readFileSync(file, 'utf8')).toBe('not keys')
  writeFileSync(file, kept)
  expect(await rotate('--ahead', 'soon')).toMatchObject({ code: 1, err: expect.stringContaining('--ahead') })
})
