import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Interaction } from '#server/provider/interactions.ts'
import { beginSignIn } from '#server/sign-in/begin-sign-in.ts'
import { decideNext } from '#server/sign-in/decide-next.ts'
import { auditFields, evidenceKey, type StoredSignIn } from '#server/sign-in/state.ts'
import type { ProvenEvidence } from '#server/store/store.ts'
import { requestFrom } from '#shared/authorization-request.ts'
import { runs } from '../policy/arbitrary.ts'
import { serverForAll } from '../test-server.ts'

// After a proof the decision rests on what was read before it and on the proof itself, and the log is not read again: it
// is the decision that the log would give.

const server = await serverForAll()
const { context: app } = server.app
const { store } = app
const accountOf = async (name: string) => (await store.people.byName(name))?.id ?? ''
const [ada, grace] = [await accountOf('ada'), await accountOf('grace')]
const theirs = (await Promise.all([ada, grace].map((id) => store.authenticators.listAll(id)))).flat()

const proofs = fc.record({
  /** Somebody's authenticator, or one that is gone. */
  which: fc.nat({ max: theirs.length }),
  /** Milliseconds since the proof before: a clock can be set back. */
  after: fc.integer({ min: -5000, max: 60_000 }),
  refusedFirst: fc.boolean(),
  remark: fc.option(fc.string(), { nil: undefined }),
})
const wants = fc.record({
  client: fc.constantFrom('harbour', 'treasury'),
  asked: fc.record({ prompt: fc.constant('login'), max_age: fc.constantFrom(0, 60) }, { requiredKeys: [] }),
  ended: fc.option(fc.integer({ min: -30_000, max: 30_000 })),
})

let count = 0
const interactionOf = (client: string, asked: Readonly<Record<string, unknown>>): Interaction => {
  const found = app.config.clients.get(client)
  if (!found) throw new Error(client)
  const none = {
    address: '127.0.0.1',
    signedBefore: [],
    devices: [],
    session: null,
    mode: null,
    state: null,
    nonce: 'n',
  }
  const { rulesHash } = found
  const beginning = { begunAt: app.now().getTime(), rulesHash }
  const more = { redirectUri: '', resume: '', selecting: false, consenting: null, beginning }
  return { uid: `uid ${count++}`, client: found, request: requestFrom(client, asked, null), ...none, ...more }
}

test('for any proofs of a sign-in, of whomever and whenever', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(proofs, { maxLength: 5 }), wants, async (all, { client, asked, ended }) => {
      const interaction = interactionOf(client, asked)
      const begun = await beginSignIn(app, interaction)
      const signIn = { ...begun.signIn, named: true, account: ada, username: 'ada' }
      let known: StoredSignIn = { ...begun, signIn }
      let at = app.now().getTime() - 60_000
      for (const { which, after, refusedFirst, remark } of all) {
        const used = theirs[which] ?? { account: ada, factor: 'password', id: 'gone' }
        const trail = { ...auditFields(interaction, signIn), account: used.account, factor: used.factor }
        at += after
        const refusal = { ...trail, kind: 'refused', authenticator: null, why: 'wrong-code' } as const
        const entry = {
          ...trail,
          kind: 'proven',
          authenticator: used.id,
          proof: { methods: ['pwd'], proves: ['knows'] },
          ...(remark === undefined ? {} : { remark }),
        } as const
        const entries = refusedFirst
          ? [
              { entry: refusal, at },
              { entry, at },
            ]
          : [{ entry, at }]
        const before: readonly ProvenEvidence[] = known.evidence ?? []
        const proven = await store.records.appendAll(entries, before.length > 0)
        known = { ...known, evidence: [...before, ...proven].sort((a, b) => a.at - b.at) }

        expect(known.evidence).toEqual(await store.records.ofSignIn(evidenceKey(interaction.uid, signIn)))
        if (ended !== null) await store.people.setNotBefore(ada, at + ended)
        const { decision, authenticators } = await decideNext(app, interaction, known)
        const byLog = await decideNext(app, interaction, { signIn, evidence: null })
        const withoutClock = (value: object) => JSON.parse(JSON.stringify(value))
        expect(withoutClock({ decision, authenticators })).toEqual(
          withoutClock({ decision: byLog.decision, authenticators: byLog.authenticators }),
        )
      }
      await store.people.setNotBefore(ada, 0)
    }),
    runs(60),
  )
})
