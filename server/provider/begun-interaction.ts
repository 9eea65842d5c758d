import type Provider from 'oidc-provider'
import type { interactionPolicy, KoaContextWithOIDC } from 'oidc-provider'
import { type AppContext, clientOf } from '../context/app-context.ts'

type Interaction = InstanceType<Provider['Interaction']>

/** When an interaction began, and under which rules: a sign-in has no row of its own before its first change. */
export interface Beginning {
  /** Epoch milliseconds. */
  readonly begunAt: number
  readonly rulesHash: string
}

/** Adds the beginning of the interaction to a prompt's details. */
export function withBeginning<P extends interactionPolicy.Prompt>(app: AppContext, prompt: P): P {
  const { details } = prompt
  prompt.details = async (ctx: KoaContextWithOIDC) => ({
    ...(await details?.(ctx)),
    begunAt: app.now().getTime(),
    rulesHash: clientOf(app, ctx.oidc.client?.clientId ?? '').rulesHash,
  })
  return prompt
}

/** The beginning of an interaction; null for one that was stored before these details existed. */
export function readBeginning({ prompt: { details } }: Pick<Interaction, 'prompt'>): Beginning | null {
  const { begunAt, rulesHash } = details
  return typeof begunAt === 'number' && typeof rulesHash === 'string' ? { begunAt, rulesHash } : null
}
