import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as oidc from 'openid-client'
import { expect, test } from 'vitest'
import { storageKeysIn } from '#server/secrets/keys.ts'
import { keyIdOf } from '#server/secrets/seal.ts'
import { Browser } from '../browser.ts'
import { ada } from '../people/people.ts'
import { arrive, ask, errorIn, identify, redeem, signIn, tokensFor } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'
import { sallyport } from './run.ts'

// The storage key is changed on one node, while people are signed in: a new key, everything sealed anew, the old key gone.

const server = await serverForAll()
const file = join(server.dataFolder, 'storage.key')
const keys = () => storageKeysIn(readFileSync(file, 'utf8'))
const settings = ['--config', join(server.dataFolder, 'sallyport.yaml'), '--data', server.dataFolder]
const run = (...command: string[]) => sallyport([...command, ...settings])
const silently = (client = 'harbour') => ask(server, client, { prompt: 'none' })

test('rotated, sealed anew, dropped: what went on goes on until the old key is gone', async () => {
  const [old] = keys()
  const seeds = join(server.dataFolder, 'seeds.csv')
  writeFileSync(seeds, '111,3132333435363738393031323334353637383930,hotp,6,0,SHA1\n')
  expect(await run('tokens', 'import', seeds)).toMatchObject({ code: 0 })
  const browser = new Browser()
  const asked = await ask(server)
  const tokens = await redeem(asked, await signIn(browser, asked, ada))
  // Somebody is at a question, whose secrets are sealed too.
  const under = new Browser()
  const { page, view } = await arrive(under, await ask(server, 'treasury'))
  await identify(under, page, view, 'ada')

  expect(await run('keys', 'drop-storage')).toMatchObject({ code: 1, err: expect.stringContaining('alone') })
  const rotated = await run('keys', 'rotate-storage')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const [fresh, ...others] = keys()
  expect(others).toEqual([old])
  expect(rotated.out).toContain(`Restart now to seal with the storage key ${keyIdOf(fresh)}`)
  await server.restart()

  // Cookies that the old key signed, and rows that it sealed, are good.
  const silent = await silently()
  expect((await redeem(silent, (await browser.follow(silent.url)).url)).claims()?.amr).toEqual(['pwd'])
  const refreshed = await oidc.refreshTokenGrant(asked.config, tokens.refresh_token ?? '')
  expect(await run('keys', 'drop-storage')).toMatchObject({
    code: 1,
    err: expect.stringMatching(`rows need a storage key that is not the newest \\(${keyIdOf(old)}\\)`),
  })

  const resealed = await run('keys', 'reseal')
  expect(resealed.out).toMatch(`rows sealed anew with the storage key ${keyIdOf(fresh)}.`)
  expect(await run('keys', 'reseal')).toMatchObject({ code: 0, out: expect.stringMatching(/^0 rows/) })
  expect((await oidc.refreshTokenGrant(asked.config, refreshed.refresh_token ?? '')).claims()?.amr).toEqual(['pwd'])
  // The question that is open: an hour later nobody can answer it, and nothing needs the old key.
  const stillNeeded = await run('keys', 'drop-storage')
  expect(stillNeeded).toMatchObject({ code: 1, err: expect.stringContaining('for an hour') })
  expect(keys()).toEqual([fresh, old])
  await server.app.context.store.sweep({ expired: Date.now() + 2 * 3_600_000, records: 0, addresses: 0 })
  expect(await run('keys', 'drop-storage')).toMatchObject({ code: 0, out: expect.stringContaining('1 dropped') })
  expect(keys()).toEqual([fresh])
  await server.restart()

  expect((await tokensFor(server, ada)).tokens.claims()?.amr).toEqual(['pwd'])
  expect(await run('tokens', 'assign', '111', 'ada')).toMatchObject({ code: 0 })
  expect(errorIn((await browser.follow((await silently()).url)).url)).toBe('login_required')
})

test('a store whose storage key is missing is refused at the start, by the key’s name', async () => {
  const kept = readFileSync(file, 'utf8')
  const [needed] = keys()
  writeFileSync(file, `${Buffer.alloc(32, 7).toString('base64')}\n`)
  const refused = await run('people', 'import', join(server.dataFolder, 'people.yaml'))
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining(`the storage key ${keyIdOf(needed)}, which`) })
  expect(refused.err).not.toContain(kept.trim())
  writeFileSync(file, kept)
})

test('a file that holds no storage keys is left as it is', async () => {
  const kept = readFileSync(file, 'utf8')
  writeFileSync(file, 'no key')
  expect(await run('keys', 'rotate-storage')).toMatchObject({ code: 1, err: expect.stringContaining('32 bytes') })
  expect(readFileSync(file, 'utf8')).toBe('no key')
  writeFileSync(file, kept)
})
