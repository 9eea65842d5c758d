import { createRemoteJWKSet, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { bare } from '../../scripts/bench/bare.ts'
import { connections } from '../../scripts/bench/browser.ts'
import { run } from '../../scripts/bench/load.ts'
import { ours } from '../../scripts/bench/ours.ts'
import { client } from '../../scripts/bench/relying-party.ts'

// The bench's yardstick is one only while it does what we do.

test.each([bare, ours])('$name signs somebody in by password in six requests', async (tree) => {
  const running = await run(tree, { sequence: 'password', people: 2, cores: '0' })
  const agent = connections(1)
  try {
    const requests: string[] = []
    const signIn = running.signIn(agent)
    let step = await signIn.next()
    for (; !step.done; step = await signIn.next()) requests.push(step.value)
    expect(requests).toEqual(['authorize', 'page', 'identify', 'answer', 'resume', 'token'])
    const keys = createRemoteJWKSet(new URL(`${running.issuer}/jwks`))
    const of = { issuer: running.issuer, audience: client.id, algorithms: ['ES256'] }
    const { payload } = await jwtVerify(String(step.value), keys, of)
    expect(payload.sub).toBeTruthy()
  } finally {
    agent.destroy()
    await running.stop()
  }
})
