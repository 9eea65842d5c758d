import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { askOf } from '#shared/ask.ts'
import { type Next, next, type Terms } from '#shared/policy/next.ts'
import type { Client } from '../config/load.ts'
import { evidenceOf } from '../evidence/evidence.ts'
import { clientOf, type House } from '../house.ts'
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
    const signIn = oidc.result?.login && typeof oidc.result.signIn === 'string' ? oidc.result.signIn : null
    if (signIn) await bindOnce(house, signIn, sessionOf(ctx))
    if (signIn && wrongPerson(ctx)) throw new errors.LoginRequired('somebody else than the hinted person signed in')

    const evidence = await evidenceOf(house.store, account ? sessionOf(ctx) : null, signIn)
    const facts = { named: account !== null, account, evidence, now: house.now().getTime() }
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
  return { client, ask: askOf(client.client_id, oidc.params ?? {}), account: oidc.session?.accountId ?? null }
}

async function bindOnce(house: House, signIn: string, session: string) {
  if (!(await house.store.records.bind(signIn, session, house.now().getTime())))
    throw new errors.AccessDenied('this sign-in belongs to another session')
}

/** OpenID Connect Core 1.0 §3.1.2.1: an answer for somebody else than the hint's subject must not be given. */
const wrongPerson = ({ oidc }: KoaContextWithOIDC) => {
  const wanted = oidc.entities.IdTokenHint?.payload.sub ?? oidc.claims.id_token?.sub?.value
  return wanted !== undefined && wanted !== oidc.session?.accountId
}

const errorFor = (code: string) =>
  code === 'unmet'
    ? new errors.UnmetAuthenticationRequirements('the requested acr cannot be met')
    : new errors.AccessDenied('the policy lets nobody in here')
