import type { AppContext } from '../context/app-context.ts'
import { interactionMs } from './interactions.ts'

const minutes = 60
const hours = 60 * minutes

/** Lifetimes of what the engine issues, in seconds; a session's end is computed anew at each request. */
export const lifetimes = {
  AccessToken: 10 * minutes,
  AuthorizationCode: 1 * minutes,
  Grant: 30 * 24 * hours,
  IdToken: 10 * minutes,
  Interaction: interactionMs / 1000,
  PushedAuthorizationRequest: 1 * minutes,
  RefreshToken: 8 * hours,
} as const

/**
 * Seconds until a session ends: when it is idle, and in any case so long after its evidence was proven (epoch seconds;
 * NIST SP 800-63B-4 §5).
 */
export function sessionSeconds(
  { config, now }: Pick<AppContext, 'config' | 'now'>,
  provenAt: number | undefined,
): number {
  const { idle, longest } = config.sessions
  const left = provenAt === undefined ? idle : provenAt * 1000 + longest - now().getTime()
  return Math.max(1, Math.floor(Math.min(idle, left) / 1000))
}

/** The longest life of a model of the engine, in milliseconds. */
export const longestOf = (kind: string, { config }: Pick<AppContext, 'config'>): number =>
  kind === 'Session'
    ? config.sessions.longest
    : 1000 * ((lifetimes as Readonly<Record<string, number>>)[kind] ?? lifetimes.Grant)
