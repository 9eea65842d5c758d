import type { Next } from 'koa'
import type Provider from 'oidc-provider'
import type { interactionPolicy, KoaContextWithOIDC } from 'oidc-provider'
import type { AppContext } from '../context/app-context.ts'
import { bindBrowser, bindingIn } from '../http/browser-binding.ts'

type Prompt = interactionPolicy.Prompt
type Interaction = InstanceType<Provider['Interaction']>
type Koa = Parameters<Parameters<Provider['use']>[0]>[0]

/** Adds to a prompt's details which browser began the interaction. */
export function boundToBrowser<P extends Prompt>({ issuer }: Pick<AppContext, 'issuer'>, prompt: P): P {
  const { details } = prompt
  prompt.details = async (ctx: KoaContextWithOIDC) => ({
    ...(await details?.(ctx)),
    binding: bindBrowser(issuer, ctx),
  })
  return prompt
}

/** Whether a request comes from the browser that began the interaction; false where none was recorded. */
export const isItsBrowser = (
  { issuer }: Pick<AppContext, 'issuer'>,
  incoming: Koa['req'],
  { prompt }: Pick<Interaction, 'prompt'>,
): boolean => {
  const began = prompt.details.binding
  return typeof began === 'string' && began === bindingIn(issuer, incoming)
}

/**
 * Lets a finished sign-in go on in the browser that began it alone. The interaction is looked up by the engine's own
 * cookie, as the engine will; in any other browser it stays as it is, and its page says why.
 */
export const resumedByItsBrowser =
  (app: Pick<AppContext, 'issuer'>, provider: Provider, authorization: string) => async (ctx: Koa, proceed: Next) => {
    if (!ctx.path.startsWith(`${authorization}/`)) return proceed()
    const uid = ctx.cookies.get(provider.cookieName('resume'), { signed: true })
    const interaction = uid && (await provider.Interaction.find(uid))
    if (interaction && !isItsBrowser(app, ctx.req, interaction)) return ctx.redirect(`/sign-in/${uid}`)
    return proceed()
  }
