import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import { errors } from 'oidc-provider'
import type { AuthorizationRequest } from '#shared/authorization-request.ts'
import type { Refusal } from '#shared/refusal.ts'
import type { Client } from '../config/load.ts'
import type { AppContext } from '../context/app-context.ts'
import { isRegisteredRedirect } from '../context/redirects.ts'
import { type Origin, originOf } from '../evidence/origin.ts'
import { isItsBrowser } from './bound-browser.ts'
import { errorFor } from './error-for.ts'
import { parseRequest } from './parse-request.ts'
import { allow, type Consent, wantedIn } from './stored-consents.ts'
import { liveSession } from './token-backing.ts'

/** How long the engine keeps an authorization for the sign-in that it waits for. */
export const interactionMs = 60 * 60_000

export interface Http {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

/** An authorization that waits for a sign-in. */
export interface Interaction extends Origin {
  readonly uid: string
  readonly request: AuthorizationRequest
  readonly client: Client
  readonly redirectUri: string
  /** How the relying party is answered (`response_mode`); null: in the query. */
  readonly mode: string | null
  readonly state: string | null
  /** Its nonce, which only the relying party and this browser know. */
  readonly run: string | null
  /** Where the browser goes to have the authorization judged again. */
  readonly resume: string
  /** The session that the authorization was asked in, when somebody was signed in there. */
  readonly session: { readonly uid: string; readonly account: string } | null
  /** The person is to say which account it is (`prompt=select_account`). */
  readonly selecting: boolean
  /** What the relying party wants to be told and allowed, where that is all that is left to ask. */
  readonly consenting: Consent | null
}

/** What the door is told of a sign-in that is finished. */
export interface InteractionResult {
  readonly account: string
  /** The name under which the log keeps what was proven. */
  readonly signIn: string
  /** When the oldest that counts was proven. */
  readonly since: number
  /** Of the client's rules that judged it. */
  readonly rulesHash: string
}

/** Room 6, the clerk: the only one who tells the engine how a sign-in ended. */
export interface Interactions {
  /** Null when there is none: expired, finished, or another browser's. */
  find(http: Http): Promise<Interaction | null>
  /** Who is signed in in this browser now. */
  signedIn(http: Http): Promise<Interaction['session']>
  finish(http: Http, finished: InteractionResult): Promise<string>
  /** The person lets the relying party know what it asked for. */
  allow(http: Http, interaction: Interaction): Promise<string>
  fail(http: Http, why: Refusal): Promise<string>
  /** What was finished is not: somebody begins again. */
  undo(http: Http): Promise<void>
}

export function interactionsOf(app: AppContext, provider: Provider): Interactions {
  const result = (http: Http, outcome: Parameters<Provider['interactionResult']>[2]) =>
    provider.interactionResult(http.incoming, http.outgoing, outcome, { mergeWithLastSubmission: false })
  return {
    async find({ incoming, outgoing }) {
      try {
        const { uid, params, returnTo, session, prompt } = await provider.interactionDetails(incoming, outgoing)
        const client = app.config.clients.get(String(params.client_id))
        if (!client || !isItsBrowser(app, incoming, { prompt })) return null
        if (!isRegisteredRedirect(app, client.client_id, params.redirect_uri)) return null
        return {
          uid,
          client,
          request: parseRequest(app, client, params),
          redirectUri: String(params.redirect_uri),
          mode: typeof params.response_mode === 'string' ? params.response_mode : null,
          state: typeof params.state === 'string' ? params.state : null,
          run: typeof params.nonce === 'string' ? params.nonce : null,
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
    // The acr, amr and time of the tokens are not given here: the door computes them anew for every authorization.
    // Its time is how long the session can last.
    finish: (http, { account, since, ...more }) =>
      result(http, { login: { accountId: account, ts: Math.floor(since / 1000) }, select_account: {}, ...more }),
    async allow(http, { session, client, consenting }) {
      if (!session || !consenting) throw new Error('Nobody is asked to allow anything.')
      await allow(app, session.account, client.client_id, consenting)
      // What was finished before stays so: with `prompt=login` it would be asked for again.
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
