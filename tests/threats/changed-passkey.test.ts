import { expect, test } from 'vitest'
import { flag, type SoftPasskey } from '../authenticator.ts'
import { atTheDoor, claimsAfter, enrolPasskey, passkeyAsked, sendPasskey, withPasskeys } from '../passkey.ts'
import { trailOf, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: a passkey that was bound as one that stays on its device is copied, and the copy says so; or one that is
// copied says that it is not, for the sake of a better word in the token (WebAuthn Level 3 §6.1.3, §7.2 on backupEligible).

const server = await serverForAll(withPasskeys)
const recording = await serverForAll(
  (clients) => `${withPasskeys(clients)}passkeys: { backup_eligibility_changes: record }`,
)
const [bound, copied] = [flag.up | flag.uv, flag.up | flag.uv | flag.be | flag.bs]

async function signInWith(passkey: SoftPasskey, changes: Parameters<SoftPasskey['sign']>[1], where = server) {
  const { browser, asked, page, view } = await atTheDoor(where)
  const response = await sendPasskey(browser, page, view, passkey.sign(passkeyAsked(view).prompt, changes))
  const trail = await trailOf(where, view)
  return { browser, asked, response, last: trail.at(-1), refused: trail.find(({ kind }) => kind === 'refused') }
}

for (const [name, synced, flags] of [
  ['what can be copied all of a sudden', false, copied],
  ['what cannot be copied any more', true, bound],
] as const)
  test(`${name} is refused with a sentence of its own, and again; as it was it still signs in`, async () => {
    const passkey = await enrolPasskey(server, 'ada', { synced })
    for (let round = 0; round < 2; round++) {
      const { response, refused } = await signInWith(passkey, { flags })
      expect(response.status).toBe(422)
      expect(await underWayIn(response)).toMatchObject({ refusal: { code: 'changed-passkey' } })
      expect(refused).toMatchObject({ why: 'changed-passkey', remark: 'backup-eligibility' })
    }
    const { browser, asked, response } = await signInWith(passkey, {})
    expect((await claimsAfter(browser, asked, response))?.amr).toContain(synced ? 'swk' : 'hwk')
  })

test('whoever cannot sign with it is told nothing of that', async () => {
  const passkey = await enrolPasskey(server, 'ada')
  const forged = { flags: copied, signature: (bytes: Buffer) => bytes.with(20, (bytes[20] ?? 0) ^ 1) as Buffer }
  const { response } = await signInWith(passkey, forged)
  expect(await underWayIn(response)).toMatchObject({ refusal: { code: 'wrong-passkey' } })
})

test('an operator can have it recorded alone: from then on it is one that can be copied, whatever it says', async () => {
  const passkey = await enrolPasskey(recording, 'ada')
  const remarks = []
  for (const flags of [bound, copied, copied, bound]) {
    const { browser, asked, response, last } = await signInWith(passkey, { flags }, recording)
    remarks.push([
      (await claimsAfter(browser, asked, response))?.amr,
      last?.kind === 'proven' ? last.remark : last?.kind,
    ])
  }
  const [hwk, swk] = [
    ['hwk', 'user', 'mfa'],
    ['swk', 'user', 'mfa'],
  ]
  expect(remarks).toEqual([
    [hwk, undefined],
    [swk, 'backup-eligibility'],
    [swk, undefined],
    [swk, 'backup-eligibility'],
  ])
})
