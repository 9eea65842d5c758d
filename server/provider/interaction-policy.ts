import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { next } from '#shared/policy/engine/next.ts'
import { nextSilently } from '#shared/policy/engine/next-silently.ts'
import { clientAsOf } from '../config/history.ts'
import type { AppContext } from '../context/app-context.ts'
import { loadFacts, rememberGrace } from '../evidence/facts.ts'
import { originOf } from '../evidence/origin.ts'
import { claimsFrom, setClaims } from './authentication-claims.ts'
import { withBeginning } from './begun-interaction.ts'
import { boundToBrowser } from './bound-browser.ts'
import { consentOf, refuseUntold } from './consent.ts'
import { requestOf, rulesHashOf } from './current-request.ts'
import { errorFor } from './error-for.ts'
import { bindFinishedSignIn, sessionOf } from './finished-sign-in.ts'
import { recorderOf } from './issued-records.ts'

const { Check, Prompt, base } = interactionPolicy

/** The engine's interaction policy: ours decides every authorization, also with a session, also after a sign-in. */
export function interactionPolicyOf(app: AppContext) {
  const { pass: noteIssued, record: writeIssued } = recorderOf(app)

  async function needsLogin(ctx: KoaContextWithOIDC): Promise<boolean> {
    const { request, account, ...registered } = requestOf(app, ctx)
    await refuseUntold(app, ctx, request)
    const signIn = await bindFinishedSignIn(app, ctx)
    const client = signIn ? clientAsOf(app, registered.client, rulesHashOf(ctx)) : registered.client
    // A session of another person than the hinted one counts as no session.
    const named = request.subject !== null && request.subject !== account && !signIn ? null : account
    const session = named ? sessionOf(ctx) : null
    const who = { named: named !== null, account: named, session, signIn, ...originOf(app, ctx.req) }
    const known = await loadFacts(app, client, who)
    const decision = (request.silent ? nextSilently : next)(client.clientRules, request, known.facts)
    await rememberGrace(app, client, known, decision)
    if (decision.is === 'done') {
      const claims = claimsFrom(client, decision.acr, decision.evidence)
      setClaims(ctx, claims)
      if (account) noteIssued(ctx, { client, account, said: claims, decision, known, signIn })
      return false
    }
    // A missing authenticator is told to the person first, on a page whose exit tells the client.
    if (decision.is === 'refuse' && (decision.why.code !== 'not-enrolled' || request.silent || signIn))
      throw errorFor(decision.why)
    if (signIn) throw errorFor({ code: 'unmet' })
    return true
  }

  const policy = base()
  const login = policy.get('login')
  if (!login) throw new Error('The engine has no login prompt.')
  for (const reason of ['max_age', 'essential_acrs', 'essential_acr']) login.checks.remove(reason)
  login.checks.add(new Check('evidence', 'the evidence does not meet the request', 'login_required', needsLogin))
  policy.remove('consent')
  policy.add(new Prompt({ name: 'select_account', requestable: true }))
  policy.add(consentOf(app))
  for (const prompt of policy) boundToBrowser(app, withBeginning(app, prompt))
  policy.add(new Prompt({ name: 'record' }, new Check('record', 'recorded', 'server_error', writeIssued)))
  return policy
}
