import { createRemoteJWKSet, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { bare } from '../../scripts/bench/bare.ts'
import { connections } from '../../scripts/bench/browser.ts'
import { run } from '../../scripts/bench/load.ts'
import { ours } from '../../scripts/bench/ours.ts'
import { client } from '../../scripts/bench/relying-party.ts'

// The bench's yardstick is one only while it does what we do.

const walks = {
  password: ['authorize', 'page', 'answer', 'resume', 'token'],
  'password after the name': ['authorize', 'page', 'identify', 'answer', 'resume', 'token'],
} as const
const cases = [bare, ours].flatMap((tree) =>
  Object.entries(walks).map(([sequence, walk]) => ({ tree, sequence, walk })),
)

test.each(cases)('$tree.name signs somebody in: $sequence', async ({ tree, sequence, walk }) => {
  const running = await run(tree, { sequence, people: 2, cores: '0' })
  const agent = connections(1)
  try {
    const requests: string[] = []
    const signIn = running.signIn(agent)
    let step = await signIn.next()
    for (; !step.done; step = await signIn.next()) requests.push(step.value)
    expect(requests).toEqual(walk)
    const keys = createRemoteJWKSet(new URL(`${running.issuer}/jwks`))
    const of = { issuer: running.issuer, audience: client.id, algorithms: ['ES256'] }
    const { payload } = await jwtVerify(String(step.value), keys, of)
    expect(payload.sub).toBeTruthy()
  } finally {
    agent.destroy()
    await running.stop()
  }
})
