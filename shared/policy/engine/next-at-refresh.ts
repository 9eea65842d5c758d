import type { Policy, Spans } from '../rules/policy.ts'
import type { ClientRules } from './client-rules.ts'
import type { Facts } from './facts.ts'
import { type Next, next } from './next.ts'

const unaging = (spans: Spans): Spans =>
  Object.fromEntries(Object.keys(spans).map((factor) => [factor, Number.POSITIVE_INFINITY]))

/** The policy without limits of age. A factor that is never fresh still does not count where a rule wants it fresh. */
const ageless = (policy: Policy): Policy => ({
  ...policy,
  reuse: {},
  rules: policy.rules.map((rule) => ({ ...rule, fresh: unaging(rule.fresh) })),
})

/**
 * The decision of a client's policy when tokens are refreshed without the person (OpenID Connect Core 1.0 §12):
 * anything but `done` refuses. No acr is requested, and evidence counts for as long as the session and its refresh
 * tokens last: the age of evidence was checked when these tokens were issued (decision 29).
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
