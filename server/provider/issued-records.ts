import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Next } from '#shared/policy/engine/next.ts'
import { rememberDevice } from '../attempts/device-cookie.ts'
import type { Client } from '../config/load.ts'
import type { AppContext } from '../context/app-context.ts'
import type { PersonFacts } from '../evidence/facts.ts'
import { rememberBrowser } from '../evidence/known-browser.ts'
import type { AuthenticationClaims } from './authentication-claims.ts'
import { recordBacking } from './token-backing.ts'

/** An authorization that passed: its claims, and the decision and facts behind them. */
interface Passing {
  readonly client: Client
  readonly account: string
  readonly said: AuthenticationClaims
  readonly decision: Extract<Next, { is: 'done' }>
  readonly known: PersonFacts
  /** The sign-in that has just been finished for this authorization; else null. */
  readonly signIn: string | null
}

/** Records what is about to be issued, and on which evidence, before it is issued. */
export function recorderOf(app: AppContext) {
  const passing = new WeakMap<KoaContextWithOIDC['oidc'], Passing>()
  return {
    pass: ({ oidc }: KoaContextWithOIDC, one: Passing): void => void passing.set(oidc, one),
    async record(ctx: KoaContextWithOIDC): Promise<boolean> {
      const pass = passing.get(ctx.oidc)
      if (!pass) throw new Error('An authorization passed without having been judged.')
      const { client, account, said: claims, decision, known, signIn } = pass
      const { acr, amr } = claims
      const run = typeof ctx.oidc.params?.nonce === 'string' ? ctx.oidc.params.nonce : null
      const under = { client: client.client_id, policy: client.policyHash, rules: decision.rules }
      const on = {
        evidence: decision.evidence.map(({ id }) => id),
        where: known.facts.address,
        browser: known.facts.browser,
      }
      const entry = { kind: 'issued', run, account, ...under, acr, amr, ...on } as const
      await app.store.records.append(entry, app.now().getTime())
      const rests = known.proven.filter(({ id }) => decision.evidence.some((one) => one.id === id))
      const authenticators = rests.map(({ authenticator }) => authenticator)
      const grantId = ctx.oidc.session?.grantIdFor(client.client_id)
      await recordBacking(app, { grantId, ...claims }, rests, known.facts)
      if (signIn) {
        const wasKnown = known.facts.browser === 'known'
        rememberBrowser(app, ctx, { account, policy: client.policyHash, authenticators }, wasKnown)
        await rememberDevice(app, ctx, account, authenticators)
      }
      return false
    },
  }
}
