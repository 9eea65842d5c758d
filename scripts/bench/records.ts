import type { Store } from '../../server/store/store.ts'
import { client } from './relying-party.ts'

const proof = { methods: ['pwd'], proves: ['knows'] } as const

/** Writes so many records of earlier sign-ins by password: each was opened, proven and issued. */
export async function record(store: Store, count: number, usernames: readonly string[]): Promise<void> {
  const began = Date.now() - count
  for (let at = 0; at * 3 < count; at++) {
    const account = usernames[at % usernames.length] ?? ''
    const signIn = `earlier-${at}`
    const run = `nonce-${at}`
    const authenticator = `password of ${account}`
    const common = { run, account, client: client.id, policy: 'p'.repeat(43), where: null }
    const challenge = { ...common, signIn, factor: 'password', authenticator } as const
    const then = began + at * 3
    await store.records.append({ ...challenge, kind: 'opened' }, then)
    const id = await store.records.append({ ...challenge, kind: 'proven', proof }, then + 1)
    await store.records.bind(signIn, `session-${at}`)
    const said = { rules: ['everyone'], acr: 'urn:sallyport:acr:pwd', amr: ['pwd'], evidence: [id], browser: null }
    await store.records.append({ ...common, ...said, kind: 'issued' }, then + 2)
  }
}
