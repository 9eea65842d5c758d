import * as oidc from 'openid-client'
import { expect, test } from 'vitest'
import { Browser } from '../browser.ts'
import { ada } from '../people/people.ts'
import { ask, redeem, signIn, tokensFor } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: one code redeemed twenty times at once. The engine reads, then marks; with a plain adapter half of them
// succeed. Elsewhere: ory/fosite#778, supabase/auth#2613.

const server = await serverForAll()

const outcomes = async (attempts: Promise<unknown>[]) => {
  const settled = await Promise.allSettled(attempts)
  const errors = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason.error] : []))
  return { won: settled.length - errors.length, errors: [...new Set(errors)] }
}

test('of twenty redemptions of one code at once, one succeeds', async () => {
  for (let round = 0; round < 3; round++) {
    const asked = await ask(server)
    const url = await signIn(new Browser(), asked, ada)
    const attempts = Array.from({ length: 20 }, () => redeem(asked, url))
    expect(await outcomes(attempts)).toEqual({ won: 1, errors: ['invalid_grant'] })
  }
})

test('a code that comes back later ends what it gave', async () => {
  const asked = await ask(server)
  const url = await signIn(new Browser(), asked, ada)
  const tokens = await redeem(asked, url)
  await expect(redeem(asked, url)).rejects.toMatchObject({ error: 'invalid_grant' })
  await expect(oidc.refreshTokenGrant(asked.config, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
})

test('a code of one client is nothing to another one, nor without its verifier', async () => {
  const asked = await ask(server)
  const url = await signIn(new Browser(), asked, ada)
  const other = await ask(server, 'lighthouse')
  const stolen = { ...asked, config: other.config }
  await expect(redeem(stolen, url)).rejects.toMatchObject({ error: 'invalid_grant' })
  const guessed = { ...asked, checks: { ...asked.checks, pkceCodeVerifier: oidc.randomPKCECodeVerifier() } }
  await expect(redeem(guessed, url)).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('of twenty uses of one refresh token at once, one succeeds', async () => {
  const { asked, tokens } = await tokensFor(server, ada)
  const attempts = Array.from({ length: 20 }, () => oidc.refreshTokenGrant(asked.config, tokens.refresh_token ?? ''))
  expect(await outcomes(attempts)).toEqual({ won: 1, errors: ['invalid_grant'] })
})
