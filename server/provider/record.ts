import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Facts } from '#shared/policy/facts.ts'
import type { Next } from '#shared/policy/next.ts'
import type { Client } from '../config/load.ts'
import type { House } from '../house.ts'
import { rememberBrowser } from './browser.ts'
import { rely } from './relied.ts'
import type { Said } from './speak.ts'

/** What will be issued, and by what. */
interface Passing {
  readonly client: Client
  readonly account: string
  readonly said: Said
  readonly decision: Extract<Next, { is: 'done' }>
  readonly facts: Facts
  /** The sign-in that has just been finished for it. */
  readonly signIn: string | null
}

/** Writes down what is about to be issued, and on which evidence, before it is. */
export function recorderOf(house: House) {
  const passing = new WeakMap<KoaContextWithOIDC['oidc'], Passing>()
  return {
    pass: ({ oidc }: KoaContextWithOIDC, one: Passing): void => void passing.set(oidc, one),
    async record(ctx: KoaContextWithOIDC): Promise<boolean> {
      const pass = passing.get(ctx.oidc)
      if (!pass) throw new Error('An authorization passed without having been judged.')
      const { client, account, said, decision, facts, signIn } = pass
      const { acr, amr } = said
      const run = typeof ctx.oidc.params?.nonce === 'string' ? ctx.oidc.params.nonce : null
      const under = { client: client.client_id, policy: client.policyHash, rules: decision.rules }
      const on = { evidence: decision.evidence.map(({ id }) => id), where: facts.address, browser: facts.browser }
      const entry = { kind: 'issued', run, account, ...under, acr, amr, ...on } as const
      await house.store.records.append(entry, house.now().getTime())
      const authenticators = decision.evidence.map(({ authenticator }) => authenticator)
      const grantId = ctx.oidc.session?.grantIdFor(client.client_id)
      await rely(house, { grantId, ...said }, authenticators, facts)
      if (signIn) rememberBrowser(house, ctx, account, client.terms.policy.name)
      return false
    },
  }
}
