import type { Policy, Spans } from '../rules/policy.ts'
import type { ClientRules } from './client-rules.ts'
import type { Facts } from './facts.ts'
import { type Next, next } from './next.ts'

const unaging = (spans: Spans): Spans =>
  Object.fromEntries(Object.keys(spans).map((factor) => [factor, Number.POSITIVE_INFINITY]))

/** The policy without the ages of proofs. What can never be fresh still does not count where a rule wants it fresh. */
const ageless = (policy: Policy): Policy => ({
  ...policy,
  reuse: {},
  rules: policy.rules.map((rule) => ({ ...rule, fresh: unaging(rule.fresh) })),
})

/**
 * What a client's policy makes of a session whose tokens are renewed without the person (OpenID Connect Core 1.0 §12):
 * anything but `done` refuses. Nothing is asked for by a request, and a proof counts for as long as the session and its
 * refresh tokens last: its age was judged when they were issued (decision 29).
 */
export const nextAtRefresh = (clientRules: ClientRules, client: string, facts: Facts): Next =>
  next(
    { ...clientRules, policy: ageless(clientRules.policy) },
    {
      client,
      acrValues: [],
      essentialAcr: null,
      maxAgeSeconds: null,
      fresh: false,
      silent: true,
      loginHint: null,
      subject: null,
    },
    facts,
  )
