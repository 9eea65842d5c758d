import type Provider from 'oidc-provider'
import { errors } from 'oidc-provider'
import type { AuthorizationRequest } from '#shared/authorization-request.ts'
import type { Refusal } from '#shared/refusal.ts'
import type { Client } from '../config/load.ts'
import type { AppContext } from '../context/app-context.ts'
import { isRegisteredRedirect } from '../context/redirects.ts'
import { type Origin, originOf } from '../evidence/origin.ts'
import { type Beginning, readBeginning } from './begun-interaction.ts'
import { isItsBrowser } from './bound-browser.ts'
import { errorFor } from './error-for.ts'
import { foundInteractions, type Http } from './found-interactions.ts'
import { parseRequest } from './parse-request.ts'
import { allow, type Consent, wantedIn } from './stored-consents.ts'
import { liveSession } from './token-backing.ts'

/** How long the engine keeps an interaction. */
export const interactionMs = 60 * 60_000

/** An interaction of the engine: an authorization request that waits for a sign-in. */
export interface Interaction extends Origin {
  readonly uid: string
  readonly request: AuthorizationRequest
  readonly client: Client
  readonly redirectUri: string
  /** The `response_mode`; null: in the query. */
  readonly mode: string | null
  readonly state: string | null
  /** The request's nonce, which only the relying party and this browser know. */
  readonly nonce: string | null
  readonly beginning: Beginning
  /** The address where the browser has the authorization decided again. */
  readonly resume: string
  /** The live session that the request was made in; null when nobody was signed in there. */
  readonly session: { readonly uid: string; readonly account: string } | null
  /** The person has to say which account it is (`prompt=select_account`). */
  readonly selecting: boolean
  /** The consent to ask for, where nothing else is left to ask; else null. */
  readonly consenting: Consent | null
}

/** The result of a finished sign-in. */
export interface InteractionResult {
  readonly account: string
  /** The key under which the log has the evidence. */
  readonly signIn: string
  /** From when the oldest evidence that counts is dated (epoch milliseconds). */
  readonly since: number
  /** The hash of the client's rules that decided the sign-in. */
  readonly rulesHash: string
}

/** The only code that reads, resolves, fails or resets an interaction of the engine. */
export interface Interactions {
  /** Null when there is no interaction: expired, finished, or another browser's. */
  find(http: Http): Promise<Interaction | null>
  /** The live session of this browser, now; null when nobody is signed in. */
  signedIn(http: Http): Promise<Interaction['session']>
  /** Resolves the interaction; gives the address where the browser goes on, as `allow` and `fail` do. */
  finish(http: Http, finished: InteractionResult): Promise<string>
  /** Stores the person's consent to all that was asked. */
  allow(http: Http, interaction: Interaction): Promise<string>
  fail(http: Http, why: Refusal): Promise<string>
  /** Undoes a finished sign-in: somebody begins again. */
  undo(http: Http): Promise<void>
}

export function interactionsOf(app: AppContext, provider: Provider): Interactions {
  const { keep, resolve: result } = foundInteractions(provider)
  return {
    async find({ incoming, outgoing }) {
      try {
        const details = await provider.interactionDetails(incoming, outgoing)
        const { uid, params, returnTo, session, prompt } = details
        const client = app.config.clients.get(String(params.client_id))
        if (!client || !isItsBrowser(app, incoming, { prompt })) return null
        if (!isRegisteredRedirect(app, client.client_id, params.redirect_uri)) return null
        keep(incoming, details)
        return {
          uid,
          client,
          request: parseRequest(app, client, params),
          redirectUri: String(params.redirect_uri),
          mode: typeof params.response_mode === 'string' ? params.response_mode : null,
          state: typeof params.state === 'string' ? params.state : null,
          nonce: typeof params.nonce === 'string' ? params.nonce : null,
          beginning: readBeginning({ prompt }) ?? { begunAt: app.now().getTime(), rulesHash: client.rulesHash },
          resume: returnTo,
          ...originOf(app, incoming),
          session: await liveSession(app, session),
          selecting: String(params.prompt).split(' ').includes('select_account'),
          consenting: prompt.name === 'consent' ? wantedIn(prompt.details) : null,
        }
      } catch (error) {
        if (error instanceof errors.SessionNotFound) return null
        throw error
      }
    },
    async signedIn({ incoming, outgoing }) {
      return liveSession(app, await provider.Session.get(provider.createContext(incoming, outgoing)))
    },
    // acr, amr and auth_time are not given here: the interaction policy computes them anew for every authorization.
    // `ts` bounds how long the session can last.
    finish: (http, { account, since, ...more }) =>
      result(http, { login: { accountId: account, ts: Math.floor(since / 1000) }, select_account: {}, ...more }),
    async allow(http, { session, client, consenting }) {
      if (!session || !consenting) throw new Error('Nobody is asked to allow anything.')
      await allow(app, session.account, client.client_id, consenting)
      // The result of the login prompt is kept: with `prompt=login` the engine would ask for it again.
      const kept = { mergeWithLastSubmission: true }
      return provider.interactionResult(http.incoming, http.outgoing, { consent: {} }, kept)
    },
    fail(http, why) {
      const { error, error_description = '' } = errorFor(why)
      return result(http, { error, error_description })
    },
    async undo(http) {
      await result(http, {})
    },
  }
}
