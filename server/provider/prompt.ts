import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { type Next, next, type Terms } from '#shared/policy/next.ts'
import type { Client } from '../config/load.ts'
import { evidenceOf } from '../evidence/evidence.ts'
import { clientOf, type House } from '../house.ts'
import { askFrom } from './ask.ts'
import { type Said, saidOf, speak } from './speak.ts'

const { Check, Prompt, base } = interactionPolicy

export const termsOf = (house: House, client: Client): Terms => ({
  policy: client.policy,
  strict: client.acr === 'strict',
  aliases: house.config.acr.aliases,
})

/** Room 1, the door: every authorization is judged by the policy engine, also one with a session, also after a sign-in. */
export function doorOf(house: House) {
  const passing = new WeakMap<KoaContextWithOIDC['oidc'], { said: Said; evidence: readonly string[] }>()

  async function mustAsk(ctx: KoaContextWithOIDC): Promise<boolean> {
    const { oidc } = ctx
    const { client, ask, account } = requestOf(house, ctx)
    const signIn = await justFinished(house, ctx)
    // A session of somebody else than the one who is asked for is no session.
    const named = ask.subject !== null && ask.subject !== account && !signIn ? null : account
    const evidence = await evidenceOf(house.store, named ? sessionOf(ctx) : null, signIn)
    const facts = { named: named !== null, account: named, evidence, now: house.now().getTime() }
    const terms = termsOf(house, client)
    const decision: Next = next(terms, ask, facts)
    if (decision.is === 'done') {
      const said = saidOf(client, decision.acr, decision.evidence)
      speak(ctx, said)
      passing.set(oidc, { said, evidence: decision.evidence.map((one) => one.id) })
      return false
    }
    if (decision.is === 'refuse') throw errorFor(decision.why.code)
    if (signIn) throw errorFor('unmet')
    const withoutAcr = next(terms, { ...ask, acrValues: [], essentialAcr: null }, facts)
    if (ask.silent && withoutAcr.is === 'done') throw errorFor('unmet')
    return true
  }

  /** Writes down what is about to be issued, and on which evidence, before it is. */
  async function record(ctx: KoaContextWithOIDC): Promise<boolean> {
    const pass = passing.get(ctx.oidc)
    const { account, client } = requestOf(house, ctx)
    if (!pass || !account) throw new Error('An authorization passed without having been judged.')
    const run = typeof ctx.oidc.params?.nonce === 'string' ? ctx.oidc.params.nonce : null
    const { acr, amr } = pass.said
    const entry = { kind: 'issued', run, account, client: client.client_id, acr, amr, evidence: pass.evidence } as const
    await house.store.records.append(entry, house.now().getTime())
    return false
  }

  const policy = base()
  const login = policy.get('login')
  if (!login) throw new Error('The engine has no login prompt.')
  for (const reason of ['max_age', 'essential_acrs', 'essential_acr']) login.checks.remove(reason)
  login.checks.add(new Check('evidence', 'the evidence does not meet the request', 'login_required', mustAsk))
  policy.remove('consent')
  policy.add(new Prompt({ name: 'record' }, new Check('record', 'recorded', 'server_error', record)))
  return policy
}

const sessionOf = ({ oidc }: KoaContextWithOIDC): string => {
  if (!oidc.session) throw new Error('The engine gave no session.')
  return oidc.session.uid
}

function requestOf(house: House, { oidc }: KoaContextWithOIDC) {
  const client = clientOf(house, oidc.client?.clientId ?? '')
  return { client, ask: askFrom(client.client_id, oidc.params ?? {}), account: oidc.session?.accountId ?? null }
}

const justMs = 5 * 60_000

/**
 * The sign-in that this request comes from; what it proved belongs to this session from now on, dated from its end.
 * Null when there is none, and for one that ended a while ago: that is earlier evidence like any other.
 */
async function justFinished(house: House, ctx: KoaContextWithOIDC): Promise<string | null> {
  const { result } = ctx.oidc
  const signIn = result?.login && typeof result.signIn === 'string' ? result.signIn : null
  if (!signIn) return null
  const ends = (await house.store.records.ofSignIn(signIn)).map((one) => one.at)
  const endedAt = Math.max(0, ...ends)
  if (!(await house.store.records.bind(signIn, sessionOf(ctx), endedAt)))
    throw new errors.AccessDenied('this sign-in belongs to another session')
  return house.now().getTime() - endedAt < justMs ? signIn : null
}

function errorFor(code: string) {
  if (code === 'unmet') return new errors.UnmetAuthenticationRequirements('the requested acr cannot be met')
  if (code === 'wrong-person') return new errors.LoginRequired('somebody else than the hinted person signed in')
  return new errors.AccessDenied('the policy lets nobody in here')
}
