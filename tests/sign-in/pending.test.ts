import { expect, test } from 'vitest'
import { withoutWait } from '#server/sign-in/pending.ts'
import { type OpenChallenge, sealChallenge } from '#server/sign-in/state.ts'
import { serverForAll } from '../test-server.ts'

const server = await serverForAll()
const opened = { prompt: {}, state: null } as Parameters<typeof sealChallenge>[3]
const open = () => sealChallenge(server.app.context, 'uid', { factor: 'password', authenticator: 'a' }, opened)

test('the next question of a challenge whose answer was pending is not pending: no page answers it by itself', () => {
  const pending: OpenChallenge = { ...open(), askAgainAt: 1 }
  const next = sealChallenge(server.app.context, 'uid', pending, opened)
  expect([next.factor, next.authenticator, 'askAgainAt' in next]).toEqual(['password', 'a', false])
  expect([next.id, next.state, next.spent]).not.toEqual([pending.id, pending.state, pending.spent])
})

test('a challenge whose answer is judged is not pending, and otherwise as it was', () => {
  const challenge = open()
  expect(withoutWait({ ...challenge, askAgainAt: 1 })).toEqual(challenge)
})
