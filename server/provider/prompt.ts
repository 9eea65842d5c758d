import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { type Next, next } from '#shared/policy/next.ts'
import { factsOf, rememberGrace } from '../evidence/facts.ts'
import { clientOf, type House } from '../house.ts'
import { askFrom } from './ask.ts'
import { consentOf } from './consent.ts'
import { errorFor } from './error-for.ts'
import { justFinished, sessionOf } from './just-finished.ts'
import { rely } from './relied.ts'
import { type Said, saidOf, speak } from './speak.ts'

const { Check, Prompt, base } = interactionPolicy

/** What will be issued, and by what. */
interface Passing {
  readonly said: Said
  readonly rules: readonly string[]
  readonly evidence: readonly string[]
  readonly authenticators: readonly string[]
}

/** Room 1, the door: every authorization is judged by the policy engine, also one with a session, also after a sign-in. */
export function doorOf(house: House) {
  const passing = new WeakMap<KoaContextWithOIDC['oidc'], Passing>()

  async function mustAsk(ctx: KoaContextWithOIDC): Promise<boolean> {
    const { oidc } = ctx
    const { client, ask, account } = requestOf(house, ctx)
    const signIn = await justFinished(house, ctx)
    // A session of somebody else than the one who is asked for is no session.
    const named = ask.subject !== null && ask.subject !== account && !signIn ? null : account
    const session = named ? sessionOf(ctx) : null
    const address = house.addressOf(ctx.req)
    const known = await factsOf(house, client, { named: named !== null, account: named, session, signIn, address })
    const decision: Next = next(client.terms, ask, known.facts)
    await rememberGrace(house, client, known, decision)
    if (decision.is === 'done') {
      const said = saidOf(client, decision.acr, decision.evidence)
      speak(ctx, said)
      const evidence = decision.evidence.map(({ id }) => id)
      const authenticators = decision.evidence.map(({ authenticator }) => authenticator)
      passing.set(oidc, { said, rules: decision.rules, evidence, authenticators })
      return false
    }
    // What the person lacks is told to the person first, on a page whose exit tells the client.
    if (decision.is === 'refuse' && (decision.why.code !== 'not-enrolled' || ask.silent || signIn))
      throw errorFor(decision.why)
    if (signIn) throw errorFor({ code: 'unmet' })
    const withoutAcr = next(client.terms, { ...ask, acrValues: [], essentialAcr: null }, known.facts)
    if (ask.silent && withoutAcr.is === 'done') throw errorFor({ code: 'unmet' })
    return true
  }

  /** Writes down what is about to be issued, and on which evidence, before it is. */
  async function record(ctx: KoaContextWithOIDC): Promise<boolean> {
    const pass = passing.get(ctx.oidc)
    const { account, client } = requestOf(house, ctx)
    if (!pass || !account) throw new Error('An authorization passed without having been judged.')
    const run = typeof ctx.oidc.params?.nonce === 'string' ? ctx.oidc.params.nonce : null
    const { acr, amr } = pass.said
    const { rules, evidence } = pass
    const under = { client: client.client_id, policy: client.policyHash, rules }
    const entry = { kind: 'issued', run, account, ...under, acr, amr, evidence } as const
    await house.store.records.append(entry, house.now().getTime())
    await rely(house, { grantId: ctx.oidc.session?.grantIdFor(client.client_id), ...pass.said }, pass.authenticators)
    return false
  }

  const policy = base()
  const login = policy.get('login')
  if (!login) throw new Error('The engine has no login prompt.')
  for (const reason of ['max_age', 'essential_acrs', 'essential_acr']) login.checks.remove(reason)
  login.checks.add(new Check('evidence', 'the evidence does not meet the request', 'login_required', mustAsk))
  policy.remove('consent')
  policy.add(new Prompt({ name: 'select_account', requestable: true }))
  policy.add(consentOf(house))
  policy.add(new Prompt({ name: 'record' }, new Check('record', 'recorded', 'server_error', record)))
  return policy
}

function requestOf(house: House, { oidc }: KoaContextWithOIDC) {
  const client = clientOf(house, oidc.client?.clientId ?? '')
  return { client, ask: askFrom(client.client_id, oidc.params ?? {}), account: oidc.session?.accountId ?? null }
}
