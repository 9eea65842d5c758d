import { type ErrorOut, errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { View } from '#shared/wire/view.ts'
import type { AppContext } from '../context/app-context.ts'
import { referenceOf } from '../operator/reference.ts'
import { StoreLocked } from '../store/store-locked.ts'

type Ctx = KoaContextWithOIDC

async function show(app: AppContext, ctx: Ctx, view: View) {
  ctx.type = 'html'
  const { pages, serviceName } = app
  ctx.body = await pages.html(view, { serviceName, acceptLanguage: ctx.get('accept-language') })
}

const clientNameIn = (ctx: Ctx) => ctx.oidc?.client?.clientName ?? null

/** The ended sign-in that somebody comes Back from, else null: its page has a ticket, and leads on. */
async function endedSignIn(ctx: Ctx): Promise<string | null> {
  const uid = ctx.oidc?.route === 'resume' ? ctx.path.split('/').at(-1) : undefined
  return uid && !(await ctx.oidc.provider.Interaction.find(uid)) ? uid : null
}

/** The page for a request that cannot be answered with a redirect, with the developer's part apart. */
export const errorPage = (app: AppContext) => async (ctx: Ctx, out: ErrorOut, error: Error) => {
  const client = clientNameIn(ctx)
  const ended = error instanceof errors.SessionNotFound ? await endedSignIn(ctx) : null
  if (ended) return ctx.redirect(`/sign-in/${ended}`)
  if (error instanceof errors.SessionNotFound)
    return show(app, ctx, { at: 'over', why: 'expired', reference: null, client, goTo: null })
  if (error instanceof StoreLocked)
    return show(app, ctx, { at: 'error', code: 'busy', client, detail: null, reference: null })
  const broken = out.error === 'server_error'
  const reference = broken ? referenceOf(error) : null
  const detail = broken ? null : [out.error, out.error_description].filter(Boolean).join(': ')
  return show(app, ctx, { at: 'error', code: broken ? 'server-fault' : 'bad-request', client, detail, reference })
}

/** The page that confirms a sign-out: the engine's form gives its action and its one-time value. */
export const signOutPage = (app: AppContext) => (ctx: Ctx, form: string) => {
  const action = /action="([^"]*)"/.exec(form)?.[1]
  const xsrf = /name="xsrf" value="([^"]*)"/.exec(form)?.[1]
  if (!action || !xsrf) throw new Error('The engine changed its sign-out form.')
  return show(app, ctx, { at: 'sign-out', client: clientNameIn(ctx), action, xsrf })
}

/** The page after a sign-out; also where somebody arrives who chose to stay. */
export const signedOutPage = (app: AppContext) => async (ctx: Ctx) => {
  const session = await ctx.oidc.provider.Session.get(ctx)
  await show(app, ctx, { at: 'signed-out', client: clientNameIn(ctx), still: session.accountId !== undefined })
}
